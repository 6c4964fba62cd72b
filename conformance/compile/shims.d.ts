// The published types name packages that they do not bring. Sequelize's two helpers are written out here as its 6.x
// declares them, so that the fields are checked for real; of the others only names are needed.
declare module 'sequelize' {
  export type CreationOptional<T> = T;
  export class Model<Attributes = unknown, Creation = unknown> {
    toJSON(): object;
  }
  export type InferAttributes<M extends Model, Options = { omit: never }> = {
    [Key in keyof M as M[Key] extends (...args: any[]) => unknown ? never : Key]: M[Key];
  };
  export type InferCreationAttributes<M extends Model, Options = { omit: never }> = InferAttributes<M>;
  export type FindOptions<M> = object;
  export namespace DataTypes {
    type StringDataType = unknown;
    type AbstractDataTypeConstructor = unknown;
    type DateDataTypeConstructor = unknown;
    type IntegerDataTypeConstructor = unknown;
    type NumberDataTypeConstructor = unknown;
    type EnumDataType<Value extends string> = Value;
  }
}

declare module 'ethers' {
  export type JsonRpcProvider = unknown;
}

declare module 'stripe' {
  type Stripe = unknown;
  export default Stripe;
}

declare module '@ocap/client' {
  type OcapClient = unknown;
  export default OcapClient;
}

// Starts the real server on a fresh database and loads the published client against it, with nothing but what
// `clientele apps new` prints. Each test file is a process of its own, so each has a server and a client of its own.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const run = promisify(execFile);
const require = createRequire(import.meta.url);
// What the client itself depends on, found where the client finds it.
const ofClient = createRequire(require.resolve('@blocklet/payment-js'));
const ofSDK = createRequire(ofClient.resolve('@blocklet/sdk/lib/component'));

const PAYMENT_KIT = 'z2qaCNvKMv5GjouKdcDWexv6WqtHbpNPQDnAk';

/**
 * Starts a server and loads the client. `via(url)` may give another port for the client to talk to, `args` are more
 * options of the server, `db` a database that is there.
 * @returns the server's `url`, `db` and `bin`, the client (`payment`), API callers for both modes (`test`, `live`), the command line
 * (`clientele`), signing (`sign`) and `stop`.
 */
export async function serve({ via, args = [], db } = {}) {
  const bin = path.resolve(here, process.env.CLIENTELE_BIN ?? '../bin/clientele');
  if (!existsSync(bin)) throw new Error(`${bin} is missing. Build it: (cd ${path.dirname(here)} && make build)`);

  const dir = mkdtempSync(path.join(tmpdir(), 'clientele-conformance-'));
  db ??= `sqlite:${path.join(dir, 'clientele.db')}`;
  const port = await freePort();
  const addr = `127.0.0.1:${port}`;
  const url = `http://${addr}`;
  for (const name of Object.keys(process.env)) {
    if (/^(CLIENTELE|BLOCKLET|ABT|PAYMENT|CHAIN)_|^NODE_ENV$|_proxy$/i.test(name)) delete process.env[name];
  }
  const child = spawn(bin, ['serve', '--addr', addr, '--db', db, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  process.once('exit', () => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  // A test file that fails before it stops its server must still end.
  const handles = [child, child.stdout, child.stderr];
  for (const handle of handles) handle.unref();

  await ready(url, exited, () => output);
  const clientele = async (...args) => (await run(bin, [...args, '--db', db], { cwd: dir })).stdout;
  const key = async (mode) => {
    const printed = await clientele('keys', 'create', '--mode', mode, '--name', `conformance ${mode}`);
    if (new RegExp(`^sk_${mode}_\\w+\n$`).test(printed)) return printed.trim();
    throw new Error(`keys create printed more than a key, or none: ${printed}`);
  };

  const clientPort = via ? await via(url) : port;
  const printed = await clientele('apps', 'new', '--name', 'conformance', '--addr', `127.0.0.1:${clientPort}`);
  Object.assign(process.env, paste(printed));
  const payment = require('@blocklet/payment-js').default;
  ofClient('@blocklet/sdk/lib/config').default.logger.error = () => {}; // the client logs every refusal we provoke

  return {
    url,
    db,
    bin,
    payment,
    clientele,
    test: caller(url, await key('test')),
    live: caller(url, await key('live')),
    // A call as the client makes it, to any path: what older clients did beside the five calls.
    call: (request) => ofClient('@blocklet/sdk/lib/component').default.call({ name: PAYMENT_KIT, ...request }),
    sign: (request) => sign(url, request),
    // The check that applications put before the route that webhooks are sent to.
    verifySig: (request, response, next) => ofClient('@blocklet/sdk/lib/middlewares/component').verifySig(request, response, next),
    // Every error in the log is one too many, but for those that `provoked` matches.
    async stop(provoked = /^$/) {
      for (const handle of handles) handle.ref();
      child.kill('SIGTERM');
      const { code, signal } = await exited;
      if (code !== 0) throw new Error(`the server ended with code ${code}, signal ${signal}:\n${output}`);
      const errors = output.split('\n').filter((line) => /"level":"ERROR"|\blevel=ERROR\b/.test(line) && !provoked.test(line));
      if (errors.length > 0) throw new Error(`the server logged errors:\n${errors.slice(0, 5).join('\n')}`);
    },
  };
}

// Waits as long as it takes to start: a process that ends by itself is told of at once.
async function ready(url, exited, output) {
  let gone = false;
  exited.then(() => (gone = true));
  while (!gone) {
    const ok = await fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`the server did not become ready:\n${output()}`);
}

// What a shell has after the text is pasted into it.
function paste(text) {
  const before = { PATH: process.env.PATH };
  const dump = execFileSync('sh', ['-c', `set -a\n${text}\nenv -0`], { env: before, encoding: 'utf8' });
  const after = Object.fromEntries(dump.split('\0').filter(Boolean).map((line) => split(line, '=')));
  for (const name of ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_']) delete after[name];
  return after;
}

// Calls the API with an API key: caller('POST', '/api/customers', {name}) answers {status, headers, body}.
function caller(url, key) {
  return async (method, target, body, headers = {}) => {
    const answer = await fetch(url + target, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.json() };
  };
}

/**
 * Signs a request with the client's own code. `iat` and `exp` replace the clock's, `secret` the application's key.
 * @returns what {@link send} takes, so that a test can spoil it first.
 */
async function sign(url, { method = 'GET', target, body, secret, iat, exp }) {
  const signing = ofClient('@blocklet/sdk/lib/util/verify-sign');
  const appSk = secret ?? process.env.BLOCKLET_APP_SK;
  const { raw, version } = await signing.getSignData({ data: body, method, url: url + target }, { appSk });
  raw.iat = iat ?? raw.iat;
  raw.exp = exp ?? (iat === undefined ? raw.exp : iat + 300);
  return {
    url,
    method,
    target,
    body: body === undefined ? '' : JSON.stringify(body),
    headers: {
      'x-component-did': process.env.BLOCKLET_COMPONENT_DID,
      'x-component-sig': await signing.sign(raw, { appSk }),
      'x-component-sig-iat': String(raw.iat),
      'x-component-sig-exp': String(raw.exp),
      'x-component-sig-version': String(version),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(body === undefined && method !== 'GET' && { 'content-type': 'application/x-www-form-urlencoded' }),
    },
  };
}

/** Sends bytes exactly as given: no URL is normalised, no header added but the length and the host. */
export function send({ url, method, target, headers, body }) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body || method !== 'GET' ? { 'content-length': Buffer.byteLength(body) } : {};
    const options = { hostname, port, method, path: target, headers: { ...headers, ...length }, agent: false };
    const request = http.request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: parsed(text) }));
    });
    request.on('error', reject).end(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A new Ed25519 key pair in the form of the client's environment. */
export function newKey() {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const hex = (part) => Buffer.from(part, 'base64url').toString('hex');
  return { secret: `0x${hex(d)}${hex(x)}`, public: `0x${hex(x)}` };
}

/** A new DID, made by the client's own library: 'z1…', or '0x…' for type 'ethereum'. */
export function newDID(type) {
  const { fromRandom, WalletType } = ofSDK('@ocap/wallet');
  const { types } = ofSDK('@ocap/mcrypto');
  const { ROLE_ACCOUNT } = types.RoleType;
  const account = WalletType({ role: ROLE_ACCOUNT, pk: types.KeyType.ED25519, hash: types.HashType.SHA3 });
  return fromRandom(type ?? account).address;
}

/** The answer's body, when it has the status that is expected. */
export function expect(status, answer) {
  if (answer.status === status) return answer.body;
  throw new Error(`expected ${status}, got ${answer.status}: ${JSON.stringify(answer.body)}`);
}

/** The error a call of the client ends with, as its users read it. */
export async function refusal(promise) {
  const answer = await promise.catch((err) => ({ refused: err }));
  if (!answer?.refused) throw new Error(`was not refused: ${JSON.stringify(answer)}`);
  const { response } = answer.refused;
  if (!response) throw answer.refused;
  return { status: response.status, error: response.data.error };
}

/** A port nobody listens on. */
export async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function split(line, at) {
  const n = line.indexOf(at);
  return [line.slice(0, n), line.slice(n + 1)];
}

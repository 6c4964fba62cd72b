// Search finds what an independent reading of the rule finds: every word of the query is, without regard to case and
// accents, a part of the name, email, phone, DID, id or external id.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expect, newDID, refusal, serve } from './harness.js';

const server = await serve();
after(() => server.stop());
const { customers, environments } = server.payment;
environments.setTestMode(true);

const given = [
  { name: '王小明', email: 'wang@example.cn', did: newDID() },
  { name: '王芳', email: 'fang@example.cn' },
  { name: 'Жанна Фриске', email: 'zhanna@example.ru' },
  { name: 'Борис Жуков' },
  { name: '😀 Smiley', did: newDID('ethereum') },
  { name: '😃 Grinning' },
  { name: '👩‍👩‍👧 Family' },
  { name: 'Zoë Müller', email: 'zoe@example.de', phone: '+49 30 901820' },
  { name: 'Zoe Plain', did: newDID() },
  { name: 'José Núñez' },
  { name: 'Nguyễn Thị Ánh' },
  { name: '100% Cotton' },
  { name: '100 Percent' },
  { name: 'under_score' },
  { name: 'undexscore' },
  { name: 'back\\slash' },
  { name: 'backslash' },
  { name: "O'Brien \"Bob\"; DROP TABLE customers; --" },
  { name: 'مُحَمَّد علي' },
  { name: 'ひらがな カタカナ' },
  { name: '김철수' },
  { email: 'only.email@example.com' },
  { external_id: 'crm-0042', metadata: { plan: 'gold' } },
  { name: 'QX', external_id: 'CRM-0043', metadata: { plan: 'silver' } },
];
let everybody;

before(async () => {
  for (const customer of given) expect(201, await server.test('POST', '/api/customers', customer));
  everybody = (await customers.list({ pageSize: 100 })).list;
  assert.equal(everybody.length, given.length);
});

const fold = (text) => text.normalize('NFD').replace(/\p{Mn}/gu, '').toLowerCase();

function matching(query) {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const texts = ({ name, email, phone, did, id, external_id }) => [name, email, phone, did, id, external_id].map(fold);
  return everybody.filter((customer) => words.every((word) => texts(customer).some((text) => text.includes(word))));
}

const queries = [
  ...['王', '王小', '明', '小明', 'Ж', 'ж', 'ЖАН', 'фриске жанна', '😀', '😃', '👩‍👩‍👧', 'علي', 'محمد', 'ひ', 'カタ', '김', '철수'],
  ...['zoe', 'ZOË', 'Zoe\u0308', 'muller', 'MÜLLER', 'nunez', 'JOSÉ', 'anh', 'nguyen', 'q', 'qx', 'z', 'zo', 'b', 'bo'],
  ...['1', '%', '0%', '100%', '100', '_', 'r_s', 'rxs', '\\', 'k\\s', 'backslash', "o'b", '; drop', '--'],
  ...['only.email', '@example', 'EXAMPLE.CN', 'crm-004', 'CRM-0042', '+4930', '4930901820'],
  ...['wang 王', 'zoe plain', '  zoe   mull  ', 'zoe fang', 'nothing like it'],
];
for (const query of queries) {
  test(`search ${JSON.stringify(query)}`, async () => {
    const found = await customers.search({ query, pageSize: 100 });
    const expected = matching(query);
    assert.deepEqual(found.list.map(label).sort(), expected.map(label).sort());
    assert.equal(found.count, expected.length);
  });
}

test('the rule finds what people expect', () => {
  const names = (query) => matching(query).map(({ name }) => name).sort();
  assert.deepEqual(names('王'), ['王小明', '王芳']);
  assert.deepEqual(names('Ж'), ['Борис Жуков', 'Жанна Фриске']);
  assert.deepEqual(names('😀'), ['😀 Smiley']);
  assert.deepEqual(names('r_s'), ['under_score']);
  assert.deepEqual(names('0%'), ['100% Cotton']);
});

test('search by every form of a DID and by id', async () => {
  for (const { id, did } of everybody.filter((customer) => customer.did)) {
    for (const query of [id, did, did.toLowerCase(), did.slice(2), did.slice(-9)]) {
      const { count, list } = await customers.search({ query });
      assert.deepEqual([count, list[0]?.id], [1, id], query);
    }
  }
});

test('search in one field, and for a phrase', async () => {
  const ids = async (query) => (await customers.search({ query })).list.map(label).sort();
  const named = (...names) => everybody.filter(({ name }) => names.includes(name)).map(label).sort();
  assert.deepEqual(await ids('email:zoe'), named('Zoë Müller'));
  const golden = everybody.filter(({ metadata }) => metadata.plan === 'gold').map(label);
  assert.equal(golden.length, 1);
  assert.deepEqual(await ids('metadata.plan:gold'), golden);
  assert.deepEqual(await ids('"zoe mull"'), named('Zoë Müller'));
  assert.deepEqual(await ids('"mull zoe"'), []);
});

test('exact matches come first, then prefixes, then the rest', async () => {
  for (const name of ['Joanneke', 'Anneke Vos', 'Anneke', 'Suzanneke']) {
    expect(201, await server.test('POST', '/api/customers', { name }));
  }
  const { list } = await customers.search({ query: 'anneke' });
  assert.deepEqual(list.slice(0, 2).map(({ name }) => name), ['Anneke', 'Anneke Vos']);
  assert.deepEqual(list.slice(2).map(({ name }) => name).sort(), ['Joanneke', 'Suzanneke']);
});

test('pages of a search are the whole, in its order', async () => {
  for (const query of ['anneke', 'e', '100']) {
    const whole = (await customers.search({ query, pageSize: 100 })).list.map(label);
    for (const pageSize of [1, 2, 3]) {
      const pages = [];
      for (let page = 1; pages.length < whole.length; page++) {
        const { list, count } = await customers.search({ query, page, pageSize });
        assert.equal(count, whole.length);
        assert.ok(list.length > 0, `${query}: page ${page} of ${pageSize}`);
        pages.push(...list.map(label));
      }
      assert.deepEqual(pages, whole);
    }
  }
});

test('a write is found by the very next search', async () => {
  const did = newDID();
  const { id } = await customers.retrieve(did, { create: true });
  for (let n = 0; n < 25; n++) {
    const name = `Fresh${n}fish`;
    await customers.update(id, { name });
    const { count, list } = await customers.search({ query: name });
    assert.deepEqual([count, list[0]?.id], [1, id], name);
    if (n > 0) assert.equal((await customers.search({ query: `Fresh${n - 1}fish` })).count, 0);
  }
});

test('a bare string sends no query: the answer tells what to do', async () => {
  const { status, error } = await refusal(customers.search('john.doe'));
  assert.equal(status, 400);
  assert.match(error, /query/);
  assert.match(error, /search\(\s*\{\s*query/, 'the answer shows the call that works');
});

function label({ id, name }) {
  return `${id} ${name}`;
}

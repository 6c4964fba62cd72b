// The JavaScript of the README runs as it stands there, but for where the server is and the client's installation.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';

import { serve } from './harness.js';

const server = await serve({ args: ['--demo'] });
after(() => server.stop());

test('the JavaScript of the README', () => {
  const readme = readFileSync(path.join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text]) => text);
  const found = blocks.filter((text) => text.includes('npm install'));
  assert.equal(found.length, 1);
  const script = found[0]
    .replace(/^npm install .*$/m, '')
    .replace('bin/clientele', server.bin)
    .replace('--name shop', `--name shop --addr ${new URL(server.url).host}`);
  const printed = execFileSync('bash', ['-ec', script], {
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH, CLIENTELE_DB: server.db },
    encoding: 'utf8',
  });
  assert.match(printed, /^[A-Z].* \d+ \d+ \{\n/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHeaders } from '../../src/run/headers.ts';

const ENV = { API_KEY: 'k-123', USER_TOKEN: 't-456', EMPTY: '' };

test('a variable of the environment is sent and never written down', () => {
  const headers = parseHeaders(['Authorization: Bearer env:API_KEY', 'Accept: text/html'], ENV);
  assert.deepEqual(headers.sent, { authorization: 'Bearer k-123', accept: 'text/html' });
  assert.deepEqual(headers.written, { accept: 'text/html', authorization: 'Bearer env:API_KEY' });
});

test('the last of two headers with one name counts', () => {
  assert.deepEqual(parseHeaders(['X-A: 1', 'x-a: 2'], ENV).sent, { 'x-a': '2' });
});

const REFUSED: readonly (readonly [header: string, why: RegExp])[] = [
  ['Authorization: Bearer k-123', /is a secret.*env:VARIABLE/],
  ['Cookie: a=k-123', /is a secret/],
  ['X-Api-Key: k-123', /is a secret/],
  ['X-Auth-Token: k-123', /is a secret/],
  ['Authorization: env:MISSING', /variable MISSING, which is not set/],
  ['X-A: env:EMPTY', /variable EMPTY, which is not set/],
  ['no header k-123', /is no header/],
  [': k-123', /is no header/],
  ['Bad Name: k-123', /is no header/],
  ['X-A: a\r\nX-B: k-123', /holds a line break/],
];

for (const [header, why] of REFUSED) {
  test(`${JSON.stringify(header)} is refused without repeating its value`, () => {
    assert.throws(
      () => parseHeaders([header], ENV),
      (error: Error) => why.test(error.message) && !error.message.includes('k-123'),
    );
  });
}

test('env: within a word is no variable', () => {
  assert.deepEqual(parseHeaders(['X-A: myenv:API_KEY'], ENV).sent, { 'x-a': 'myenv:API_KEY' });
});

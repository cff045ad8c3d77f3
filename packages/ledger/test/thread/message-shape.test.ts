import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageShape } from '../../src/thread/message-shape.ts';

const CASES: readonly (readonly [string, string])[] = [
  ['status 503 after 1200 ms', 'status <n> after <n> ms'],
  ['GET https://a.test/x?id=1 was cut', 'GET <url> was cut'],
  ['no field "name" in \'row\'', 'no field <text> in <text>'],
  ['request 3f2504e0-4f89-41d3-9a0c-0305e82c3301 refused', 'request <hex> refused'],
  ['trace 0xdeadBEEF, etag 9f86d081884c7d65', 'trace <hex>, etag <hex>'],
  ['a facade is no number', 'a facade is no number'],
  ['', ''],
];

for (const [message, shape] of CASES) {
  test(`the shape of '${message}' is '${shape}'`, () => assert.equal(messageShape(message), shape));
}

test('a shape is never much longer than 500 characters', () => {
  assert.ok(messageShape('very long '.repeat(10_000)).length <= 500);
});

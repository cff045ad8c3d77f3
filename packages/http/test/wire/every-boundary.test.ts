import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplayTransport, TransportFailure } from '@sluice/http';
import { type Collected, collect } from './support/collector.ts';
import { RECORDED } from './support/recorded-responses.ts';
import { readByReference } from './support/reference-reader.ts';

function replay(pieces: readonly string[]): Promise<Collected> {
  return collect(new ReplayTransport(() => ({ pieces })));
}

function meaningOf({ error }: Collected): string {
  if (error === undefined) return 'ok';
  return error instanceof TransportFailure ? error.kind : String(error);
}

for (const [name, bytes, meaning] of RECORDED) {
  test(`${name}: ${meaning}, however the bytes are cut`, async () => {
    const whole = await replay([bytes]);
    assert.equal(meaningOf(whole), meaning, String(whole.error));
    const reference = readByReference(bytes, 'GET', 'close', 65_536);
    assert.equal(reference !== undefined, meaning === 'ok', 'the reference reader agrees');
    if (reference !== undefined) {
      const { status, headers, body, unverifiedLength } = whole;
      assert.deepEqual({ status, headers, body, unverifiedLength, rest: reference.rest }, reference);
    }
    for (let at = 1; at < bytes.length; at++) {
      const cut = await replay([bytes.slice(0, at), bytes.slice(at)]);
      assert.equal(meaningOf(cut), meaning, `cut at ${at}`);
      if (meaning === 'ok') assert.deepEqual(cut, whole, `cut at ${at}`);
    }
    const single = await replay(bytes.split(''));
    assert.equal(meaningOf(single), meaning, 'byte by byte');
    if (meaning === 'ok') assert.deepEqual(single, whole, 'byte by byte');
  });
}

test('every refusal of a malformed response names the section of the RFC that it breaks', async () => {
  for (const [name, bytes, meaning] of RECORDED) {
    if (meaning !== 'malformed') continue;
    const { error } = await replay([bytes]);
    assert.match((error as Error).message, /RFC (9110|9112) \d/, name);
  }
});

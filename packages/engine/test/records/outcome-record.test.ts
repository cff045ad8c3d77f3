import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ItemOutcome } from '@sluice/engine';
import { toOutcomeRecord } from '@sluice/engine/records';

/** An outcome as a ledger could give it. */
function outcomeOf(changes: Partial<ItemOutcome> = {}): ItemOutcome {
  return {
    id: 1,
    key: 'http://example.org/',
    position: 1,
    host: 'example.org',
    state: 'done',
    class: 'ok',
    code: null,
    message: null,
    attempts: 1,
    status: 200,
    headers: [['content-type', 'text/plain']],
    bodyBytes: 5,
    body: new TextEncoder().encode('hello'),
    text: 'hello',
    value: undefined,
    finishedAt: new Date('2026-11-23T12:00:00Z'),
    ...changes,
  };
}

const FACTS = {
  key: 'http://example.org/',
  position: 1,
  host: 'example.org',
  state: 'done',
  class: 'ok',
  code: null,
  message: null,
  attempts: 1,
  status: 200,
  bodyBytes: 5,
  finishedAt: '2026-11-23T12:00:00.000Z',
};

test('an outcome is exported with the documented names', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(toOutcomeRecord(outcomeOf()))), {
    ...FACTS,
    headers: [['content-type', 'text/plain']],
    text: 'hello',
    value: null,
  });
});

test('without its content an outcome has neither headers nor body nor value', () => {
  assert.deepEqual(toOutcomeRecord(outcomeOf(), false), FACTS);
});

test('a body that is no text is exported bit by bit', () => {
  const whole = new Uint8Array([0, 0xff, 0xfe, 0x80, 1, 2]);
  const body = whole.subarray(1, 4);
  const record = toOutcomeRecord(outcomeOf({ body, text: new TextDecoder().decode(body) }));
  assert.equal(record.text, undefined);
  assert.deepEqual(new Uint8Array(Buffer.from(record.bodyBase64!, 'base64')), body);
});

test('an item without a body has neither text nor bytes', () => {
  const record = toOutcomeRecord(outcomeOf({ body: null, text: null, finishedAt: null }));
  assert.equal('text' in record || 'bodyBase64' in record, false);
});

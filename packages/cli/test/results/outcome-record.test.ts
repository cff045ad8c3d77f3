import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toRecord } from '../../src/results/outcome-record.ts';
import { outcomeOf } from './outcome.ts';

test('an outcome is exported with the documented names', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(toRecord(outcomeOf()))), {
    key: 'http://example.org/',
    position: 1,
    host: 'example.org',
    state: 'done',
    class: 'ok',
    code: null,
    attempts: 1,
    status: 200,
    headers: [['content-type', 'text/plain']],
    text: 'hello',
    value: null,
    finishedAt: '2026-11-23T12:00:00.000Z',
  });
});

test('a body that is no text is exported bit by bit', () => {
  const whole = new Uint8Array([0, 0xff, 0xfe, 0x80, 1, 2]);
  const body = whole.subarray(1, 4);
  const record = toRecord(outcomeOf({ body, text: new TextDecoder().decode(body) }));
  assert.equal(record.text, undefined);
  assert.deepEqual(new Uint8Array(Buffer.from(record.bodyBase64!, 'base64')), body);
});

test('an item without a body has neither text nor bytes', () => {
  const record = toRecord(outcomeOf({ body: null, text: null, finishedAt: null }));
  assert.equal('text' in record || 'bodyBase64' in record, false);
});

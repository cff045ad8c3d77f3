import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Claims } from '../../src/pool/claims.ts';
import { RETURNED, type ReplyMessage } from '../../src/protocol.ts';
import { CallServer } from '../../src/worker/call-server.ts';
import { sumsUrl } from '../support/modules.ts';

const sums = sumsUrl.href;

/** A server whose replies are kept, as one entry a message. */
function recordingServer(): { server: CallServer; claims: Claims; messages: ReplyMessage[] } {
  const messages: ReplyMessage[] = [];
  const claims = new Claims(Claims.allocate(16));
  return { server: new CallServer((message) => messages.push([...message]), claims), claims, messages };
}

function offerAdds(claims: Claims, count: number): unknown[] {
  return Array.from({ length: count }, (_, slot) => {
    claims.offer(slot, slot + 1);
    return [slot, slot + 1, sums, 'add', [slot, 1], undefined];
  }).flat();
}

test('results of quick calls leave as one message, and calls that were taken back have none', async () => {
  const { server, claims, messages } = recordingServer();
  server.receive(offerAdds(claims, 1));
  while (messages.length === 0) await new Promise(setImmediate);
  const batch = offerAdds(claims, 4);
  assert.equal(claims.revoke(2, 3), true);
  server.receive(batch);
  assert.deepEqual(messages[1], [0, RETURNED, 1, 1, RETURNED, 2, 3, RETURNED, 4]);
});

test('the results so far leave before a function begins that is not known to be quick', async () => {
  const { server, claims, messages } = recordingServer();
  server.receive(offerAdds(claims, 1));
  while (messages.length === 0) await new Promise(setImmediate);
  const batch = offerAdds(claims, 2);
  claims.offer(2, 3);
  server.receive([...batch, 2, 3, sums, 'burn', [5], undefined]);
  while (messages.length < 3) await new Promise(setImmediate);
  assert.deepEqual(messages[1], [0, RETURNED, 1, 1, RETURNED, 2]);
  assert.deepEqual(messages[2]?.slice(0, 2), [2, RETURNED]);
});

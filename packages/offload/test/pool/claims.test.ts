import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Claims } from '../../src/pool/claims.ts';

test('a call is begun or taken back, never both, and the state says which', () => {
  const claims = new Claims(Claims.allocate(2));
  claims.offer(0, 7);
  assert.equal(claims.state(0), 'offered');
  assert.equal(claims.claim(0, 6), false, 'the number of an earlier call in the same slot');
  assert.equal(claims.claim(0, 7), true);
  assert.equal(claims.revoke(0, 7), false);
  assert.equal(claims.state(0), 'running');
  claims.finish(0);
  assert.equal(claims.state(0), 'finished');
  claims.offer(1, 8);
  assert.equal(claims.revoke(1, 8), true);
  assert.equal(claims.claim(1, 8), false);
});

test('two threads that reach for the same slots never both get one', async () => {
  const rounds = 20_000;
  const slots = 16;
  const memory = Claims.allocate(slots);
  const turns = new Int32Array(new SharedArrayBuffer(8));
  const taken = new Int32Array(new SharedArrayBuffer(rounds * 4));
  const worker = new Worker(new URL('./claiming-thread.ts', import.meta.url), {
    workerData: { memory, turns, taken, rounds, slots },
    execArgv: ['--conditions=@sluice/source'],
  });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const claims = new Claims(memory);
  let revoked = 0;
  for (let number = 1; number <= rounds; number += slots) {
    for (let slot = 0; slot < slots; slot++) claims.offer(slot, number + slot);
    Atomics.store(turns, 0, number);
    Atomics.notify(turns, 0);
    for (let slot = slots - 1; slot >= 0; slot--) {
      if (!claims.revoke(slot, number + slot)) continue;
      revoked++;
      Atomics.add(taken, number + slot - 1, 1);
    }
    while (Atomics.load(turns, 1) < number) Atomics.wait(turns, 1, Atomics.load(turns, 1), 1);
  }
  await ended;
  assert.ok(taken.every((count) => count === 1));
  assert.ok(revoked > 0);
});

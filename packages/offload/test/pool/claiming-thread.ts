import { workerData } from 'node:worker_threads';
import { Claims } from '../../src/pool/claims.ts';

const { memory, turns, taken, rounds, slots } = workerData as {
  readonly memory: SharedArrayBuffer;
  readonly turns: Int32Array;
  readonly taken: Int32Array;
  readonly rounds: number;
  readonly slots: number;
};
const claims = new Claims(memory);
for (let number = 1; number <= rounds; number += slots) {
  while (Atomics.load(turns, 0) < number) Atomics.wait(turns, 0, Atomics.load(turns, 0), 1);
  for (let slot = 0; slot < slots; slot++) {
    if (claims.claim(slot, number + slot)) Atomics.add(taken, number + slot - 1, 1);
  }
  Atomics.store(turns, 1, number);
  Atomics.notify(turns, 1);
}

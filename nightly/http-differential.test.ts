import { test } from 'node:test';
import { checkAgainstPeers } from '../packages/http/test/wire/support/check-against-peers.ts';

const RUNS = 200_000;
const SLICE = 5000;

test('two hundred thousand mutated responses over sockets: ours, undici and node:http read the same, or the RFC says why not', {
  timeout: 3_600_000,
}, async (t) => {
  const first = Number(process.env.SEED ?? Date.now()) | 0;
  for (let done = 0; done < RUNS; done += SLICE) {
    const seed = (first + done) | 0;
    t.diagnostic(`seed ${seed}`);
    for (const [difference, count] of await checkAgainstPeers(SLICE, seed)) t.diagnostic(`${count} × ${difference}`);
  }
});

import { test } from 'node:test';
import { checkAgainstPeers } from './support/check-against-peers.ts';

test('whatever a server sends, ours, undici and node:http read the same reply, or the RFC says why not', async (t) => {
  const seed = Date.now() | 0;
  t.diagnostic(`seed ${seed}`);
  for (const [difference, count] of await checkAgainstPeers(1500, seed)) t.diagnostic(`${count} × ${difference}`);
});

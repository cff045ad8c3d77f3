import { test } from 'node:test';
import { checkAgainstPeers } from './support/check-against-peers.ts';

test('whatever a server sends, ours, undici and node:http read the same reply, or the RFC says why not', async (t) => {
  // A seed of its own: a difference that nobody knows yet is for the nightly test to find, which draws new ones.
  for (const [difference, count] of await checkAgainstPeers(1500, 9112)) t.diagnostic(`${count} × ${difference}`);
});

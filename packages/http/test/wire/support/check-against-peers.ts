import assert from 'node:assert/strict';
import { TransportFailure } from '@sluice/http';
import fc from 'fast-check';
import { WireTransport } from '../../../src/wire/wire-transport.ts';
import { byteServer } from './byte-server.ts';
import { collect } from './collector.ts';
import { MORE_BYTES_FOLLOW, OURS_IS_STRICTER, PEER_IS_WRONG } from './differences.ts';
import { hostileResponse, pieces } from './mutated-response.ts';
import { type Heard, hearByNode, hearByUndici, type Refusal } from './peers.ts';
import { RECORDED } from './recorded-responses.ts';
import { readByReference } from './reference-reader.ts';

/** Sends every recorded response and `runs` mutated ones over sockets to our wire, undici and node:http. Each difference has to be a known one; answers how often each came up. */
export async function checkAgainstPeers(runs: number, seed: number): Promise<Map<string, number>> {
  await using server = await byteServer();
  const transport = new WireTransport({ maxConnectionsPerOrigin: 4, keepAliveMs: 1000 });
  const origin = `http://127.0.0.1:${server.port}`;
  const counts = new Map<string, number>();
  const check = async (cut: readonly string[], end: 'close' | 'reset', method: string): Promise<void> => {
    server.answer = { pieces: cut, end };
    const body = method === 'POST' ? Buffer.from('x') : undefined;
    const { error, status, body: got } = await collect(transport, { origin, method, body, fresh: true });
    assert.ok(error === undefined || error instanceof TransportFailure, String(error));
    const ours = error ?? { status, body: got };
    const rest = readByReference(cut.join(''), method, end, 65_536)?.rest ?? '';
    for (const [peer, heard] of [
      ['undici', await hearByUndici(server.port, method)],
      ['node:http', await hearByNode(server.port, method)],
    ] as const) {
      const difference = explain(peer, ours, heard, rest);
      if (difference !== undefined) counts.set(difference, (counts.get(difference) ?? 0) + 1);
    }
  };
  try {
    for (const [, bytes] of RECORDED) await check([bytes], 'close', 'GET');
    await fc.assert(
      fc.asyncProperty(hostileResponse, (response) => check(pieces(response), response.end, response.method)),
      { numRuns: runs, seed },
    );
  } finally {
    await transport.close();
  }
  return counts;
}

/** The known difference that this is; undefined for none. */
function explain(
  peer: string,
  ours: Heard | TransportFailure,
  theirs: Heard | Refusal,
  rest: string,
): string | undefined {
  if (ours instanceof TransportFailure) {
    if ('refused' in theirs) return undefined;
    const row = OURS_IS_STRICTER.find(([kind, message]) => kind === ours.kind && message.test(ours.message));
    assert.ok(row, `ours refuses (${ours.kind}: ${ours.message}) what ${peer} takes for ${JSON.stringify(theirs)}`);
    return `${peer} takes it: ${row[2]}`;
  }
  if ('refused' in theirs) {
    if (rest !== '') return `${peer} refuses it: ${MORE_BYTES_FOLLOW}`;
    const row = PEER_IS_WRONG.find(([name, refusal]) => name === peer && refusal.test(theirs.refused));
    assert.ok(row, `ours takes ${JSON.stringify(ours)}, and ${peer} refuses it: ${theirs.refused}`);
    return `${peer} refuses it: ${row[2]}`;
  }
  assert.deepEqual(ours, theirs, `ours and ${peer} read different replies`);
  return undefined;
}

import assert from 'node:assert/strict';
import { ReplayTransport, TransportFailure } from '@sluice/http';
import fc from 'fast-check';
import { collect } from './collector.ts';
import { hostileResponse, pieces } from './mutated-response.ts';
import { readByReference } from './reference-reader.ts';

/** What a run of {@link checkAgainstReference} met. */
export interface Tally {
  ok: number;
  refused: number;
}

/** Sends `runs` mutated responses through the transport: what comes out is exactly what the reference reader makes of them, or a failure. */
export async function checkAgainstReference(runs: number, seed: number): Promise<Tally> {
  const tally: Tally = { ok: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(hostileResponse, async (response) => {
      const { bytes, method, end } = response;
      const seen = await collect(new ReplayTransport(() => ({ pieces: pieces(response), end })), { method });
      const expected = readByReference(bytes, method, end, 65_536);
      if (seen.error !== undefined) {
        tally.refused++;
        assert.ok(seen.error instanceof TransportFailure, `no bug shows: ${String(seen.error)}`);
        assert.equal(
          expected,
          undefined,
          `refused (${seen.error.message}), and the reference reader sees nothing wrong`,
        );
        return;
      }
      tally.ok++;
      const { status, headers, body, unverifiedLength } = seen;
      assert.deepEqual({ status, headers, body, unverifiedLength, rest: expected?.rest }, expected);
    }),
    { numRuns: runs, seed },
  );
  return tally;
}

import assert from 'node:assert/strict';
import type { Reply } from '@sluice/http';
import { type Expectation, failed, ok, unsent } from './expectation.ts';

const HALF = 'x'.repeat(500);
/** What is closed before its answer is in doubt: the server may have done it. */
const closed = (rest: Partial<Expectation> = {}): Expectation => failed('in-doubt', 'SLUICE_HTTP_CLOSED', 'wait', rest);
const truncated = (says: RegExp): Expectation => failed('integrity', 'SLUICE_HTTP_TRUNCATED', 'body', { says });

/** Of `connectionCases`; the descriptors that run out have a test of their own. */
export const connection: Readonly<Record<string, Expectation>> = {
  'never-answers': failed('timeout', 'SLUICE_HTTP_HEADERS_TIMEOUT', 'wait', { says: /within 200 ms/ }),
  'slow-headers': failed('timeout', 'SLUICE_HTTP_HEADERS_TIMEOUT', 'headers', { says: /within 700 ms/ }),
  'body-drip': failed('timeout', 'SLUICE_HTTP_TOO_SLOW', 'body', { says: /bytes of body in 300 ms/ }),
  'body-stalls': failed('timeout', 'SLUICE_HTTP_IDLE_TIMEOUT', 'body', { says: /stood still .* after 500 bytes/ }),
  'short-body': truncated(/ended before the body did/),
  'reset-in-body': truncated(/ECONNRESET/),
  'reset-on-accept': unsent('connect', 'SLUICE_HTTP_CONNECT', 'connect', { says: /ECONNRESET/ }),
  'close-after-request': closed({ says: /closed the connection/ }),
  'reset-after-request': failed('in-doubt', 'SLUICE_HTTP_RESET', 'wait', { says: /ECONNRESET/ }),
  'partial-head': closed({ phase: 'headers' }),
  'close-delimited': ok({ open: 0, body: HALF, tells: isUnverified }),
  'close-delimited-reset': truncated(/connection broke/),
  'keep-alive-race': ok({ requests: 2, body: 'ok\n', isSpent: true }),
  'close-unread': ok({
    open: 0,
    check: async (reply, lab) => {
      const same = await fetch(`${lab.url}/bytes/65536`, { headers: { connection: 'close' } });
      assert.deepEqual(Buffer.from(reply.body), Buffer.from(await same.arrayBuffer()));
    },
  }),
  refused: unsent('connect', 'SLUICE_HTTP_CONNECT', 'connect', { says: /ECONNREFUSED/ }),
};

function isUnverified({ evidence }: Reply): void {
  assert.equal(evidence.unverifiedLength, true);
}

import assert from 'node:assert/strict';
import { parseRetryAfter } from '@sluice/http';
import { type Expectation, failed, ok, status } from './expectation.ts';

const HOUR_MS = 3_600_000;
const NO_ADDRESS = 'SLUICE_HTTP_ADDRESS_REFUSED';
const refusedAddress = (says: RegExp): Expectation => failed('policy', NO_ADDRESS, 'connect', { open: 1, says });
const refusedScheme = (scheme: string): Expectation =>
  failed('policy', 'SLUICE_HTTP_UNSUPPORTED_SCHEME', 'body', { says: new RegExp(`a ${scheme}: URL`) });

/** `waitMs`: how long Retry-After is taken to ask for, from the date of the reply on. */
function throttled(code: number, waitMs: (askedMs: number | undefined) => boolean): Expectation {
  return status(code, 'throttled', {
    tells: ({ headers }) => {
      const askedMs = parseRetryAfter(headers.get('retry-after'), Date.parse(headers.get('date')!));
      assert.ok(waitMs(askedMs), `asks to wait ${askedMs} ms`);
    },
  });
}

/** What was sent to another origin names nobody. */
const leaksNothing = ok({
  requests: 2,
  open: 2,
  check: (reply) => {
    const { headers } = reply.json<{ headers: Record<string, string> }>();
    assert.deepEqual(
      Object.keys(headers).filter((name) => /authorization|cookie/i.test(name)),
      [],
    );
    assert.ok(!reply.text().includes('secret'));
  },
});

/** Of `statusCases`. */
export const refusals: Readonly<Record<string, Expectation>> = {
  'status-999': status(999, 'client'),
  'redirect-to-itself': failed('limit', 'SLUICE_HTTP_REDIRECT_LOOP', 'body', { open: 1 }),
  'redirect-endless': failed('limit', 'SLUICE_HTTP_TOO_MANY_REDIRECTS', 'body', { open: 1, requests: 11 }),
  'redirect-nowhere': status(302, 'client', { open: 0, body: 'hello' }),
  'redirect-to-file': refusedScheme('file'),
  'redirect-to-data': refusedScheme('data'),
  'redirect-to-private': refusedAddress(/127\.0\.0\.1 .*loopback/),
  'redirect-to-octal': refusedAddress(/127\.0\.0\.1 .*loopback/),
  'redirect-to-integer': refusedAddress(/127\.0\.0\.1 .*loopback/),
  'redirect-to-mapped': refusedAddress(/::ffff:7f00:1 .*loopback/),
  'redirect-to-metadata': refusedAddress(/169\.254\.169\.254 .*link-local/),
  'redirect-downgrade': leaksNothing,
  'redirect-cross-origin': leaksNothing,
  'throttled-seconds': throttled(429, (ms) => ms === 2000),
  'throttled-date': throttled(429, (ms) => ms !== undefined && ms > 0 && ms <= HOUR_MS),
  'throttled-garbage': throttled(429, (ms) => ms === undefined),
  'throttled-huge': throttled(429, (ms) => ms === HOUR_MS),
  'throttled-negative': throttled(429, (ms) => ms === 0),
  'throttled-unavailable': throttled(503, (ms) => ms === 2000),
  'unasked-407': status(407, 'client', { open: 0, body: 'hello' }),
  'bare-401': status(401, 'client', { open: 0, body: 'hello' }),
  'status-421': status(421, 'server'),
  'status-502': status(502, 'server'),
  'status-504': status(504, 'server'),
};

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gates, type LimitModel, simulate } from '../../src/simulate/index.ts';
import { meanPerSecond } from './measures.ts';

/** How limits are counted, how large they are, and whether a refusal says how long to wait: what is told only by 429 is learned, whatever it is. */
const COUNTED: readonly Partial<LimitModel>[] = [
  { kind: 'bucket' },
  { kind: 'bucket', burst: 20 },
  { kind: 'bucket', burst: 1 },
  { kind: 'window' },
  { kind: 'sliding' },
];
const SIZES = [
  [5, 1000],
  [30, 1000],
  [100, 10_000],
  [600, 60_000],
] as const;

for (const counted of COUNTED) {
  for (const [limit, perMs] of SIZES) {
    const burst = counted.burst === undefined ? '' : ` with a burst of ${counted.burst}`;
    test(`${limit} requests in ${perMs / 1000} s, a ${counted.kind}${burst}: nine tenths are used and three in a hundred refused at most`, () => {
      const scenario = {
        name: 'a limit that is told by refusals only',
        durationMs: 600_000,
        hosts: () => [
          {
            name: 'server',
            model: {
              serviceMs: { mean: 30, variation: 0.3 },
              roundTripMs: 10,
              limits: [{ limit, perMs, ...counted } as LimitModel],
            },
            items: Number.POSITIVE_INFINITY,
          },
        ],
      };
      const { series, endedAtMs } = simulate(scenario, gates, 1);
      const ok = meanPerSecond(series.ok, series.barMs, 60_000, endedAtMs);
      const refused = meanPerSecond(series.throttled, series.barMs, 60_000, endedAtMs);
      assert.ok(ok > 0.9 * (limit / perMs) * 1000, `${ok} a second`);
      assert.ok(refused < 0.03 * (ok + refused), `${refused} refused a second`);
    });
  }
}

test('a server that refuses for a minute and does not say so is asked less and less often, and then used to its limit again', () => {
  const limits: LimitModel[] = [{ kind: 'window', limit: 600, perMs: 60_000, retryAfter: 'nothing' }];
  const scenario = {
    name: 'a window of a minute, told by refusals that name no time',
    durationMs: 900_000,
    hosts: () => [
      {
        name: 'server',
        model: { serviceMs: { mean: 30, variation: 0.3 }, roundTripMs: 10, limits },
        items: Number.POSITIVE_INFINITY,
      },
    ],
  };
  const { series, endedAtMs } = simulate(scenario, gates, 1);
  const ok = meanPerSecond(series.ok, series.barMs, 300_000, endedAtMs);
  const refused = meanPerSecond(series.throttled, series.barMs, 300_000, endedAtMs);
  assert.ok(ok > 9.5, `${ok} a second`);
  assert.ok(refused < 0.1 * ok, `${refused} refused a second`);
});

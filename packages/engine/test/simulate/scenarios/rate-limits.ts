import type { LimitModel, Scenario, SimulationResult } from '../../../src/simulate/index.ts';
import { meanPerSecond } from '../measures.ts';
import type { Measure, Trial } from '../trial.ts';

const PER_SECOND = 100;
const LEARNED_MS = 10_000;

function withLimit(name: string, limit: LimitModel, durationMs: number, variation: number): Scenario {
  return {
    name,
    durationMs,
    hosts: () => [
      {
        name: 'server',
        model: { serviceMs: { mean: 30, variation }, roundTripMs: 10, limits: [limit] },
        items: Number.POSITIVE_INFINITY,
      },
    ],
  };
}

/** A limit of 100 a second that is told only by 429 and Retry-After. */
export function refusals(how: string, limit: Partial<LimitModel>): Trial {
  return {
    name: `refusals, ${how}`,
    make: ({ isLarge }) =>
      withLimit(
        `100 requests a second (${how}), told only by 429 and Retry-After`,
        { kind: 'bucket', limit: PER_SECOND, perMs: 1000, ...limit },
        isLarge ? 1_200_000 : 130_000,
        0.3,
      ),
    measure: ({ series, endedAtMs, ends }: SimulationResult): readonly Measure[] => {
      const throttled = meanPerSecond(series.throttled, series.barMs, LEARNED_MS, endedAtMs);
      const ok = meanPerSecond(series.ok, series.barMs, LEARNED_MS, endedAtMs);
      return [
        { what: 'of the limit, after the first 10 s', value: ok / PER_SECOND, unit: '%', atLeast: 0.95 },
        { what: 'throttled, after the first 10 s', value: throttled / (ok + throttled), unit: '%', atMost: 0.02 },
        { what: 'throttled in all', value: ends.throttled ?? 0, unit: '' },
      ];
    },
  };
}

/** A limit that every reply tells. */
export function announced(how: string, limit: LimitModel, hours = false): Trial {
  return {
    name: `announced, ${how}`,
    make: ({ isLarge }) =>
      withLimit(
        `${limit.limit} in ${limit.perMs / 1000} s, told by every reply (${how})`,
        limit,
        (hours ? 4 * 3_600_000 : 180_000) * (isLarge ? 6 : 1),
        0.3,
      ),
    measure: ({ endedAtMs, hosts, ends }: SimulationResult): readonly Measure[] => {
      const possible =
        (limit.kind === 'bucket' ? (limit.burst ?? limit.limit) : 0) + (endedAtMs * limit.limit) / limit.perMs;
      return [
        {
          what: 'of what the limit allows',
          value: hosts.get('server')!.limits[0]!.used / possible,
          unit: '%',
          atLeast: 0.99,
        },
        { what: 'throttled', value: ends.throttled ?? 0, unit: '', atMost: 0 },
      ];
    },
  };
}

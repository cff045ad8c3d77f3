import type { Scenario, SimulationResult } from '../../../src/simulate/index.ts';
import type { Measure, Trial } from '../trial.ts';

const QUOTA = 60_000;

/** A quota of 60,000 tokens a minute, and replies of which nobody knows the length before. */
export function tokenQuota(burst = QUOTA): Trial {
  return {
    name: burst === QUOTA ? 'tokens' : `tokens, burst of ${burst}`,
    make: ({ isLarge }): Scenario => ({
      name: `60,000 tokens a minute (bursts up to ${burst}), replies of unknown length`,
      durationMs: isLarge ? 3_600_000 : 600_000,
      gate: { concurrency: 64, quota: { limit: QUOTA, perMs: 60_000 } },
      hosts: () => [
        {
          name: 'model',
          items: Number.POSITIVE_INFINITY,
          model: {
            serviceMs: { mean: 4000, variation: 0.7 },
            roundTripMs: 40,
            usage: { mean: 400, variation: 0.8 },
            limits: [{ kind: 'bucket', limit: QUOTA, perMs: 60_000, burst, unit: 'tokens' }],
          },
        },
      ],
    }),
    measure: ({ endedAtMs, hosts, ends }: SimulationResult): readonly Measure[] => {
      const [limit] = hosts.get('model')!.limits;
      return [
        { what: 'of the quota', value: limit!.used / ((QUOTA * endedAtMs) / 60_000), unit: '%', atLeast: 0.97 },
        { what: 'refused', value: ends.throttled ?? 0, unit: '', atMost: 0 },
        { what: 'the most in any minute, of the quota', value: limit!.peak / QUOTA, unit: '%' },
      ];
    },
  };
}

import type { Scenario, SimulationResult } from '../../../src/simulate/index.ts';
import { firstSteady, meanPerSecond } from '../measures.ts';
import type { Measure, Trial } from '../trial.ts';

const DROP_MS = 10_000;
const RETURN_MS = 40_000;
const BEST = 50 / 0.02;
const BEST_WHILE_LOW = 5 / 0.02;

/** A server of which the capacity drops from 50 to 5 for half a minute. */
export const capacityDrop: Trial = {
  name: 'capacity drop',
  make: ({ isLarge }): Scenario => ({
    name: 'the capacity drops from 50 to 5 for 30 s and returns',
    durationMs: isLarge ? 240_000 : 50_000,
    barMs: 100,
    gate: { maxConcurrency: 256 },
    hosts: () => [
      {
        name: 'server',
        model: {
          serviceMs: { mean: 20, variation: 0.3 },
          slots: [
            { fromMs: 0, value: 50 },
            { fromMs: DROP_MS, value: 5 },
            { fromMs: RETURN_MS, value: 50 },
          ],
        },
        items: Number.POSITIVE_INFINITY,
      },
    ],
  }),
  measure: ({ series, hosts, endedAtMs }: SimulationResult): readonly Measure[] => [
    { what: 'overloaded', value: hosts.get('server')!.overloadedMs, unit: 'ms', atMost: 1000 },
    {
      what: 'goodput while it is low, of the best',
      value: meanPerSecond(series.ok, series.barMs, DROP_MS + 1000, RETURN_MS) / BEST_WHILE_LOW,
      unit: '%',
      atLeast: 0.95,
    },
    {
      what: 'after its return until half a second has 95 % of the best',
      value: firstSteady(series.ok, series.barMs, RETURN_MS, 500, 0.95 * BEST),
      unit: 'ms',
      atMost: 3000,
    },
    {
      what: 'goodput from 3 s after its return, of the best',
      value: meanPerSecond(series.ok, series.barMs, RETURN_MS + 3000, endedAtMs) / BEST,
      unit: '%',
      atLeast: 0.95,
    },
  ],
};

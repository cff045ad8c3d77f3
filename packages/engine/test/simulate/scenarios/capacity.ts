import type { Scenario, SimulationResult } from '../../../src/simulate/index.ts';
import { firstSteady, meanPerSecond } from '../measures.ts';
import type { Measure, Trial } from '../trial.ts';

const SLOTS = 50;
const SERVICE_MS = 20;
/** What the server can do, a second. */
const BEST = (SLOTS * 1000) / SERVICE_MS;
/** The search has so long. */
const FOUND_MS = 2000;

/** One server with a capacity of 50 at 20 ms that collapses above 80. `variation` is that of its service times. */
export function capacity(variation = 0.3): Trial {
  return {
    name: variation === 0.3 ? 'capacity' : `capacity, variation ${variation}`,
    make: ({ isLarge }): Scenario => ({
      name: 'a server with a capacity of 50 at 20 ms, collapsing above 80',
      durationMs: isLarge ? 300_000 : 20_000,
      barMs: 100,
      gate: { maxConcurrency: 256 },
      hosts: () => [
        {
          name: 'server',
          model: { serviceMs: { mean: SERVICE_MS, variation }, slots: SLOTS, collapse: { above: 80 } },
          items: Number.POSITIVE_INFINITY,
        },
      ],
    }),
    measure: (result: SimulationResult): readonly Measure[] => [
      {
        what: 'goodput after the first 2 s, of the best',
        value: meanPerSecond(result.series.ok, result.series.barMs, FOUND_MS, result.endedAtMs) / BEST,
        unit: '%',
        atLeast: 0.95,
      },
      {
        what: 'until half a second has 95 % of the best',
        value: firstSteady(result.series.ok, result.series.barMs, 0, 500, 0.95 * BEST),
        unit: 'ms',
        atMost: FOUND_MS,
      },
      { what: 'overloaded', value: result.hosts.get('server')!.overloadedMs, unit: 'ms', atMost: 500 },
    ],
  };
}

import type { OutageModel, Scenario, SimulationResult } from '../../../src/simulate/index.ts';
import { firstSteady, meanPerSecond } from '../measures.ts';
import type { Measure, Trial } from '../trial.ts';

const FROM_MS = 10_000;
const TO_MS = 70_000;
const HOSTS = 20;

/** An outage of everything for a minute. */
export function outage(how: OutageModel['how']): Trial {
  return {
    name: `outage, ${how}`,
    make: ({ isLarge }): Scenario => ({
      name: `an outage of everything for 60 s (${how})`,
      outages: [{ fromMs: FROM_MS, toMs: TO_MS, how }],
      durationMs: isLarge ? 600_000 : 130_000,
      barMs: 250,
      hosts: () =>
        Array.from({ length: HOSTS }, (_, index) => ({
          name: `host ${index}`,
          items: Number.POSITIVE_INFINITY,
          model: { serviceMs: { mean: 50, variation: 0.4 }, roundTripMs: 20, slots: 10 },
        })),
    }),
    measure: ({ series, items, maxSpent, spent, endedAtMs, maxInFlight }: SimulationResult): readonly Measure[] => {
      const before = meanPerSecond(series.ok, series.barMs, FROM_MS / 2, FROM_MS);
      const during = series.failed.slice(FROM_MS / series.barMs).reduce((sum, count) => sum + count, 0);
      return [
        { what: 'items that failed', value: items.failed, unit: '', atMost: 0 },
        // What is answered, if only by an error, is told to the item: a host may well have something against it. The breaker keeps that to a few.
        {
          what: 'the most attempts that an item has spent',
          value: maxSpent,
          unit: '',
          atMost: how === 'errors' ? 3 : 1,
        },
        { what: 'attempts spent', value: spent, unit: '' },
        { what: 'requests in vain', value: during, unit: '' },
        {
          what: 'in flight in the second after, of what was before',
          value:
            Math.max(...series.inFlight.slice(TO_MS / series.barMs, (TO_MS + 1000) / series.barMs)) /
            Math.max(...series.inFlight.slice(0, FROM_MS / series.barMs)),
          unit: '%',
          atMost: 1,
        },
        {
          what: 'after it until two seconds have 90 % of the goodput before',
          value: firstSteady(series.ok, series.barMs, TO_MS, 2000, 0.9 * before),
          unit: 'ms',
          atMost: 15_000,
        },
        { what: 'most in flight', value: maxInFlight, unit: '' },
        {
          what: 'goodput at the end, of that before',
          value: meanPerSecond(series.ok, series.barMs, endedAtMs - 20_000, endedAtMs) / before,
          unit: '%',
        },
      ];
    },
  };
}

/** Three servers on a bad day: one slows down, one asks for pauses that it does not mean, one goes away for a while. */
import type { Scenario } from '@sluice/engine/simulate';

export default {
  name: 'three servers on a bad day',
  hosts: () => [
    {
      name: 'slow-start.example',
      items: 5000,
      model: {
        serviceMs: { mean: 40, variation: 0.6 },
        roundTripMs: 20,
        slots: 16,
        warmUp: { times: 20, overMs: 15_000 },
      },
    },
    {
      name: 'bad-retry-after.example',
      items: 2000,
      model: {
        serviceMs: 25,
        roundTripMs: 20,
        limits: [{ kind: 'bucket', limit: 50, perMs: 1000, burst: 20, retryAfter: 'garbage' }],
      },
    },
    {
      name: 'away.example',
      items: 5000,
      model: {
        serviceMs: { mean: 60, variation: 0.4 },
        roundTripMs: 30,
        slots: 12,
        outages: [{ fromMs: 10_000, toMs: 40_000, how: 'silent' }],
      },
    },
  ],
} satisfies Scenario;

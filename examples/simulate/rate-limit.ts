/** An API that allows 100 requests a second and says so only by refusing: `npm run simulate -- examples/simulate/rate-limit.ts`. */
import type { Scenario } from '@sluice/engine/simulate';

export default {
  name: 'an API that allows 100 requests a second',
  durationMs: 60_000,
  hosts: () => [
    {
      name: 'api.example',
      items: Number.POSITIVE_INFINITY,
      model: {
        serviceMs: { mean: 30, variation: 0.3 },
        roundTripMs: 10,
        limits: [{ kind: 'bucket', limit: 100, perMs: 1000 }],
      },
    },
  ],
} satisfies Scenario;

import type { Scenario, ScenarioHost, SimulationResult } from '../../../src/simulate/index.ts';
import type { Measure, Trial } from '../trial.ts';

interface Shape {
  readonly hosts: number;
  readonly itemsEach: number;
}

function hostsOf({ hosts, itemsEach }: Shape, random: () => number, onlyHealthy: boolean): ScenarioHost[] {
  const list: ScenarioHost[] = [];
  for (let index = 0; index < hosts; index++) {
    const lot = (index * 61) % 100;
    const kind = lot === 0 ? 'dead' : lot <= 5 ? 'slow' : 'healthy';
    const roundTripMs = 10 + random() * 90;
    const meanMs = 20 + random() * 60;
    if (onlyHealthy && kind !== 'healthy') continue;
    list.push({
      name: `${kind} ${index}`,
      items: itemsEach,
      model: {
        roundTripMs,
        serviceMs: { mean: kind === 'slow' ? 5000 : meanMs, variation: 0.5 },
        slots: 8,
        ...(kind === 'dead' && {
          outages: [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY, how: 'silent' as const }],
        }),
      },
    });
  }
  return list;
}

function shapeOf(isLarge: boolean): Shape {
  return isLarge ? { hosts: 10_000, itemsEach: 100 } : { hosts: 1000, itemsEach: 100 };
}

function scenarioOf(isLarge: boolean, onlyHealthy: boolean): Scenario {
  const shape = shapeOf(isLarge);
  return {
    name: `${shape.hosts} hosts, 1 % dead, 5 % slow${onlyHealthy ? ': the healthy ones alone' : ''}`,
    slots: 256,
    hosts: (random) => hostsOf(shape, random, onlyHealthy),
  };
}

/** Many hosts of which some are dead and some slow; held against the healthy ones alone. */
export const manyHosts: Trial = {
  name: 'many hosts',
  make: ({ isLarge }) => scenarioOf(isLarge, false),
  compareWith: ({ isLarge }) => scenarioOf(isLarge, true),
  measure: (result: SimulationResult, alone: SimulationResult | undefined): readonly Measure[] => [
    {
      what: 'the healthy finish, of the time they take alone',
      value: healthyEnd(result) / healthyEnd(alone!),
      unit: '%',
      atMost: 1.05,
    },
    { what: 'the healthy have finished', value: healthyEnd(result), unit: 'ms' },
    {
      what: 'items of the healthy that failed',
      value: healthy(result).reduce((sum, host) => sum + host.failed, 0),
      unit: '',
      atMost: 0,
    },
    { what: 'all have finished', value: result.endedAtMs, unit: 'ms' },
  ],
};

function healthy(result: SimulationResult) {
  return [...result.hosts].filter(([name]) => name.startsWith('healthy')).map(([, host]) => host);
}

function healthyEnd(result: SimulationResult): number {
  return healthy(result).reduce((latest, { finishedAtMs }) => Math.max(latest, finishedAtMs), 0);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gates, type Scenario, simulate } from '../../src/simulate/index.ts';
import { capacity } from './scenarios/capacity.ts';

test('the same seed gives the same result, another seed another', () => {
  const scenario: Scenario = { ...capacity().make({ isLarge: false }), durationMs: 2000 };
  const told = (seed: number): string => {
    const { hosts: _, ...result } = simulate(scenario, gates, seed);
    return JSON.stringify(result);
  };
  assert.equal(told(1), told(1));
  assert.notEqual(told(1), told(2));
});

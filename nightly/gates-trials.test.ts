import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gates } from '@sluice/engine/simulate';
import { TRIALS } from '../packages/engine/test/simulate/scenarios/index.ts';
import { formatMeasure, isReached, play } from '../packages/engine/test/simulate/trial.ts';

const FORMS = [
  { form: 'small', isLarge: false, seeds: 200 },
  { form: 'large', isLarge: true, seeds: 5 },
] as const;

for (const trial of TRIALS) {
  for (const { form, isLarge, seeds } of FORMS) {
    test(`${trial.name}, ${form}: the gates reach what they should with ${seeds} seeds`, () => {
      const missed: string[] = [];
      for (let seed = 1; seed <= seeds; seed++) {
        for (const measure of play(trial, gates, seed, { isLarge }).measures)
          if (!isReached(measure)) missed.push(`seed ${seed}: ${measure.what}: ${formatMeasure(measure)}`);
      }
      assert.deepEqual(missed, []);
    });
  }
}

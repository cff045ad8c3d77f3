import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gates } from '../../src/simulate/index.ts';
import { TRIALS } from './scenarios/index.ts';
import { formatMeasure, isReached, play } from './trial.ts';

/** The nightly tier plays many seeds, and the large forms. */
const SEEDS = [1, 2];

for (const trial of TRIALS) {
  test(`${trial.name}: the gates reach what they should`, () => {
    for (const seed of SEEDS) {
      const { measures } = play(trial, gates, seed, { isLarge: false });
      const missed = measures.filter((measure) => !isReached(measure));
      assert.deepEqual(
        missed.map((measure) => `seed ${seed}: ${measure.what}: ${formatMeasure(measure)}`),
        [],
      );
    }
  });
}

import { type MakeStrategy, type Scenario, type SimulationResult, simulate } from '../../src/simulate/index.ts';

/** Something that is measured, and what it has to be. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit: '%' | 'ms' | '';
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Small forms take a fraction of a second, large ones a minute at most. */
export interface TrialSize {
  readonly isLarge: boolean;
}

/** A scenario and what gates have to reach in it. */
export interface Trial {
  readonly name: string;
  readonly make: (size: TrialSize) => Scenario;
  /** Another scenario that the first is held against. */
  readonly compareWith?: (size: TrialSize) => Scenario;
  readonly measure: (result: SimulationResult, compared: SimulationResult | undefined) => readonly Measure[];
}

/** Plays a trial once. */
export function play(
  trial: Trial,
  make: MakeStrategy,
  seed: number,
  size: TrialSize,
): { readonly result: SimulationResult; readonly measures: readonly Measure[] } {
  const result = simulate(trial.make(size), make, seed);
  const other = trial.compareWith?.(size);
  const compared = other === undefined ? undefined : simulate(other, make, seed);
  return { result, measures: trial.measure(result, compared) };
}

export function isReached({ value, atLeast, atMost }: Measure): boolean {
  return (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
}

export function formatMeasure({ value, unit }: Measure): string {
  if (value === Number.POSITIVE_INFINITY) return 'never';
  if (unit === '%') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'ms') return `${Math.round(value).toLocaleString('en')} ms`;
  return Math.round(value).toLocaleString('en');
}

import type { InDoubtPolicy } from '@sluice/engine';
import type { ViewOptions } from './run-view.ts';

/** How a run is carried out; times in milliseconds. What is missing has the engine's default. */
export interface RunSettings extends ViewOptions {
  readonly output?: string;
  readonly guardFormulas?: boolean;
  readonly concurrency?: number | 'auto';
  readonly perHost?: number | 'auto';
  readonly rate?: string;
  readonly delay?: number;
  readonly loops?: number | 'auto';
  readonly maxErrors?: number;
  readonly threshold?: readonly string[];
  readonly timeout?: number;
  readonly retries?: number;
  readonly grace?: number;
}

/** How a run that began earlier is gone on with. */
export interface ResumeSettings extends RunSettings {
  readonly inDoubt?: InDoubtPolicy;
  readonly acceptChangedInput?: boolean;
}

import type { InDoubtPolicy } from '@sluice/engine';
import type { ViewOptions } from './run-view.ts';

/** How a run is carried out; times in milliseconds. What is missing has the engine's default. */
export interface RunSettings extends ViewOptions {
  readonly output?: string;
  readonly guardFormulas?: boolean;
  readonly concurrency?: number;
  readonly perHost?: number;
  readonly timeout?: number;
  readonly retries?: number;
  readonly grace?: number;
}

/** How a run that began earlier is gone on with. */
export interface ResumeSettings extends RunSettings {
  readonly inDoubt?: InDoubtPolicy;
  readonly acceptChangedInput?: boolean;
}

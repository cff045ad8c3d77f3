import { SluiceError } from '@sluice/core';
import type { Job, JobRunOptions, RunChange, RunHandle } from '@sluice/engine';
import { liveRunProgress, type RunProgress } from '@sluice/engine/records';
import type { RunProblem } from '../schemas/run-schema.ts';
import type { RunFiles } from './catalogue.ts';
import type { Recipe } from './recipe.ts';

/** How a run that this process carries on, or keeps waiting, stands. */
export type LiveState = 'queued' | 'running' | 'draining';

/** What a run is started with. */
export interface ActiveRunSetup {
  readonly files: RunFiles;
  readonly recipe: Recipe | undefined;
  readonly job: Job<unknown, unknown>;
  readonly run: Omit<JobRunOptions, 'ledger'>;
  /** How far the run had come before. */
  readonly before: RunProgress;
  /** Called after every change of state. */
  readonly onChange: () => void;
}

/** A run that this process has taken on: it waits for its turn, is carried on, and ends. */
export class ActiveRun {
  readonly files: RunFiles;
  readonly recipe: Recipe | undefined;
  readonly kind: string;
  readonly #setup: ActiveRunSetup;
  #state: LiveState | undefined = 'queued';
  #handle: RunHandle | undefined;
  #problem: RunProblem | undefined;
  /** What was asked for before the run had begun. */
  #wish: 'drain' | 'cut' | undefined;
  #bounds: RunChange | undefined;

  constructor(setup: ActiveRunSetup) {
    this.files = setup.files;
    this.recipe = setup.recipe;
    this.kind = setup.job.options.kind ?? 'job';
    this.#setup = setup;
  }

  /** Undefined once it has ended here. */
  get state(): LiveState | undefined {
    return this.#state;
  }

  /** How far it is. Before it has begun, as far as it had come. */
  get progress(): RunProgress {
    return this.#handle === undefined ? this.#setup.before : liveRunProgress(this.#handle.progress());
  }

  /** Why it could not be carried on. */
  get problem(): RunProblem | undefined {
    return this.#problem;
  }

  /** Carries it on to its end. Never rejects: what goes wrong is its {@link problem}. */
  async carryOn(): Promise<void> {
    this.#change('running');
    try {
      this.#handle = await this.#setup.job.start({ ledger: this.files.ledger, ...this.#setup.run });
      if (this.#bounds !== undefined) this.#handle.set(this.#bounds);
      if (this.#wish !== undefined) this.stop(this.#wish === 'cut');
      await this.#handle.finished;
    } catch (error) {
      this.#problem = {
        code: error instanceof SluiceError ? error.code : 'SLUICE_SERVICE_INTERNAL',
        detail: error instanceof Error ? error.message : String(error),
      };
    }
    this.#change(undefined);
  }

  /** Ends a run that has not had its turn. */
  withdraw(): void {
    this.#change(undefined);
  }

  /** No new work; what is under way may finish for the grace, or with `cut` is cancelled now. */
  stop(cut: boolean): void {
    this.#wish = cut ? 'cut' : (this.#wish ?? 'drain');
    if (cut) this.#handle?.cut();
    else this.#handle?.drain();
    if (this.#state === 'running') this.#change('draining');
  }

  /** Other bounds from now on; of a run that has not begun, from its beginning. @throws UsageError for bounds that cannot be */
  set(bounds: RunChange): void {
    if (this.#handle === undefined) this.#bounds = { ...this.#bounds, ...bounds };
    else this.#handle.set(bounds);
  }

  #change(state: LiveState | undefined): void {
    this.#state = state;
    this.#setup.onChange();
  }
}

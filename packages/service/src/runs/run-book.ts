import type { RunChange } from '@sluice/engine';
import type { RunProgress } from '@sluice/engine/records';
import { ServiceError } from '../errors/service-error.ts';
import type { Run, RunProblem } from '../schemas/run-schema.ts';
import type { Submission } from '../schemas/submission-schema.ts';
import { ActiveRun } from './active-run.ts';
import { Catalogue, newerFirst, type RunFiles } from './catalogue.ts';
import { describeLive, describeResting, NO_PROGRESS } from './describe-run.ts';
import { digestOf, Idempotency } from './idempotency.ts';
import { markForRetry, removeFiles } from './ledger-changes.ts';
import { type PreparationGround, type PreparedRun, prepareAgain, prepareNew } from './prepare-run.ts';
import { type Recipe, Recipes } from './recipe.ts';
import { RunHistory, type StateChange } from './run-history.ts';
import { newId } from './run-id.ts';
import { RunQueue } from './run-queue.ts';
import { Summaries } from './summaries.ts';

/** What the book of runs works with. */
export interface RunBookGround extends PreparationGround {
  readonly folder: string;
  readonly maxRuns: number;
  readonly graceMs: number;
}

/** A page of runs. */
export interface RunPage {
  readonly runs: readonly Run[];
  readonly next: string | null;
}

/** Every run of the folder: those that this process carries on, those that wait, and those that rest. */
export class RunBook {
  readonly #ground: RunBookGround;
  readonly #catalogue: Catalogue;
  readonly #summaries = new Summaries();
  readonly #recipes = new Recipes();
  readonly #history = new RunHistory();
  readonly #idempotency = new Idempotency();
  readonly #queue: RunQueue;
  /** Runs that this process carries on, or keeps waiting. */
  readonly #active = new Map<string, ActiveRun>();
  /** What went wrong with runs that this process had. */
  readonly #problems = new Map<string, RunProblem>();
  /** Runs that a request is changing right now. */
  readonly #changing = new Set<string>();
  readonly #listeners = new Set<(runId: string) => void>();
  #isClosing = false;

  constructor(ground: RunBookGround) {
    this.#ground = ground;
    this.#catalogue = new Catalogue(ground.folder);
    this.#queue = new RunQueue(ground.maxRuns, (run) => this.#ended(run));
  }

  /** Learns from the folder which idempotency keys were used. */
  async open(): Promise<void> {
    for (const files of await this.#catalogue.list()) {
      const used = (await this.#recipes.read(files.recipe))?.idempotency;
      if (used !== null && used !== undefined) this.#idempotency.restore(used.key, used.digest, files.id);
    }
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Drains the runs of this process, and leaves them resumable. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#queue.close();
    await this.#summaries.close();
  }

  /** Calls back whenever a run was changed, until the answer is called. */
  listen(listener: (runId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The runs that this process carries on or keeps waiting. */
  liveIds(): string[] {
    return [...this.#active.keys()];
  }

  /** A page of all runs, the newest first; `cursor` is `next` of the page before. */
  async page(limit: number, cursor: string | undefined): Promise<RunPage> {
    const all = await this.#catalogue.list();
    const [, createdAt = '', id = ''] = /^(\d+)~(.*)$/s.exec(cursor ?? '') ?? [];
    const begin = { createdAt: Number(createdAt), id };
    const rest = cursor === undefined ? all : all.filter((files) => newerFirst(begin, files) < 0);
    const shown = rest.slice(0, limit);
    const runs = await Promise.all(shown.map((files) => this.#describe(files).catch(unlessGone)));
    const last = shown.at(-1);
    return {
      runs: runs.filter((run) => run !== undefined),
      next: last === undefined || rest.length <= limit ? null : `${last.createdAt}~${last.id}`,
    };
  }

  /** @throws ServiceError `SLUICE_SERVICE_NO_RUN` */
  async get(id: string): Promise<Run> {
    const active = this.#active.get(id);
    if (active?.state !== undefined) return describeLive(active, active.state, this.#queue.position(active));
    return this.#describe(await this.files(id));
  }

  /** The files of a run. @throws ServiceError `SLUICE_SERVICE_NO_RUN` */
  async files(id: string): Promise<RunFiles> {
    const files = await this.#catalogue.find(id);
    if (files !== undefined) return files;
    throw new ServiceError('SLUICE_SERVICE_NO_RUN', 'there is no run with this id: GET /api/v1/runs lists them');
  }

  /** Changes of state behind the one with that id. */
  changesSince(id: string, changeId: string | undefined): readonly StateChange[] {
    return this.#history.since(id, changeId);
  }

  /** Takes on a new run; with a key that was used for the same before, answers that run. */
  async submit(submission: Submission, key: string | undefined): Promise<{ run: Run; isReplay: boolean }> {
    this.#refuseWhenClosing();
    if (key === undefined) return { run: await this.get(await this.#begin(submission, null)), isReplay: false };
    const digest = digestOf(submission);
    const { runId, isReplay } = await this.#idempotency.once(key, digest, () =>
      this.#begin(submission, { key, digest }),
    );
    return { run: await this.get(runId), isReplay };
  }

  /** Drains a run, or with `cut` cancels what is under way; one that waits for its turn is withdrawn. */
  async stop(id: string, cut: boolean): Promise<Run> {
    const active = this.#active.get(id);
    if (active?.state === undefined) {
      const run = await this.get(id);
      throw run.owner === 'elsewhere'
        ? elsewhere()
        : new ServiceError('SLUICE_SERVICE_RUN_NOT_LIVE', `the run is ${run.state}: there is nothing to stop`);
    }
    if (!this.#queue.remove(active)) active.stop(cut);
    return this.get(id);
  }

  /** Changes bounds of a run that goes on, or waits for its turn; when it is gone on with later it has those that it was submitted with. */
  async change(id: string, bounds: RunChange): Promise<Run> {
    const active = this.#active.get(id);
    if (active?.state === undefined) {
      const run = await this.get(id);
      throw run.owner === 'elsewhere'
        ? elsewhere('change it there: sluice set')
        : new ServiceError(
            'SLUICE_SERVICE_RUN_NOT_LIVE',
            `the run is ${run.state}: only a run that goes on can be changed`,
          );
    }
    active.set(bounds);
    this.#tell(id);
    return this.get(id);
  }

  /** Goes on with a run that was stopped, interrupted or failed. */
  async resume(id: string): Promise<Run> {
    return this.#changeResting(id, async (files, run) => {
      if (run.state === 'complete') {
        throw new ServiceError(
          'SLUICE_SERVICE_RUN_COMPLETE',
          'every item has its outcome: retry the failed ones instead',
        );
      }
      this.#takeOn(await this.#prepareAgain(files), run.progress);
      return this.get(id);
    });
  }

  /** Marks failed items to be tried again, all or those of some classes, and goes on. Answers how many. */
  async retry(id: string, classes: readonly string[] | undefined): Promise<{ marked: number; run: Run }> {
    return this.#changeResting(id, async (files, run) => {
      // Everything that would keep the run from going on is found before anything is marked.
      const prepared = await this.#prepareAgain(files);
      const marked = await markForRetry(files.ledger, classes);
      if (marked > 0) this.#takeOn(prepared, run.progress);
      return { marked, run: await this.get(id) };
    });
  }

  /** Removes a run and all that it holds. */
  async delete(id: string): Promise<void> {
    await this.#changeResting(id, async (files, run) => {
      if (run.state === 'unreadable') {
        throw new ServiceError('SLUICE_SERVICE_UNREADABLE', 'the file is no ledger that can be read: it is left alone');
      }
      const recipe = await this.#recipes.read(files.recipe);
      await removeFiles(files);
      if (recipe?.idempotency) this.#idempotency.forget(recipe.idempotency.key);
      this.#recipes.forget(files.recipe);
      this.#problems.delete(id);
      this.#history.forget(id);
      this.#catalogue.forget(id);
      this.#tell(id);
    });
  }

  async #begin(submission: Submission, idempotency: Recipe['idempotency']): Promise<string> {
    const files = this.#catalogue.add(newId());
    const prepared = await prepareNew(files, submission, idempotency, this.#ground);
    this.#refuseWhenClosing();
    this.#takeOn(prepared, NO_PROGRESS);
    return files.id;
  }

  #prepareAgain(files: RunFiles): Promise<PreparedRun> {
    return prepareAgain(files, { recipes: this.#recipes, summaries: this.#summaries }, this.#ground);
  }

  #takeOn({ files, recipe, job }: PreparedRun, before: RunProgress): void {
    const run = { grace: this.#ground.graceMs };
    const active: ActiveRun = new ActiveRun({ files, recipe, job, run, before, onChange: () => this.#changed(active) });
    this.#active.set(files.id, active);
    this.#problems.delete(files.id);
    this.#history.add(files.id, 'queued');
    this.#queue.add(active);
    this.#tell(files.id);
  }

  /** Does something to a run that is not under way, and lets no other request do so at the same time. */
  async #changeResting<T>(id: string, change: (files: RunFiles, run: Run) => Promise<T>): Promise<T> {
    this.#refuseWhenClosing();
    const run = await this.get(id);
    if (run.owner === 'service')
      throw new ServiceError('SLUICE_SERVICE_RUN_LIVE', `the run is ${run.state}: stop it first`);
    if (run.owner === 'elsewhere') throw elsewhere();
    if (this.#changing.has(id)) {
      throw new ServiceError(
        'SLUICE_SERVICE_RUN_CHANGING',
        'another request is changing the run: look at it, then ask again',
      );
    }
    this.#changing.add(id);
    try {
      return await change(await this.files(id), run);
    } finally {
      this.#changing.delete(id);
    }
  }

  async #describe(files: RunFiles): Promise<Run> {
    const active = this.#active.get(files.id);
    if (active?.state !== undefined) return describeLive(active, active.state, this.#queue.position(active));
    const recipe = await this.#recipes.read(files.recipe);
    const summary = await this.#summaries.of(files.ledger);
    if (summary.kind === 'none' && recipe === undefined) {
      this.#catalogue.forget(files.id);
      await this.files(files.id);
    }
    const run = describeResting(files, recipe, summary, this.#problems.get(files.id));
    // What the run ended as stands in its ledger: whoever looks first notes it.
    this.#history.update(files.id, run.state);
    return run;
  }

  #changed({ files: { id }, state, problem }: ActiveRun): void {
    if (state === undefined) {
      this.#active.delete(id);
      if (problem !== undefined) this.#problems.set(id, problem);
      return;
    }
    this.#history.add(id, state);
    this.#tell(id);
  }

  #ended({ files }: ActiveRun): void {
    if (this.#isClosing) return;
    const tell = (): void => this.#tell(files.id);
    void this.get(files.id).then(tell, tell);
  }

  #tell(runId: string): void {
    for (const listener of this.#listeners) listener(runId);
  }

  #refuseWhenClosing(): void {
    if (!this.#isClosing) return;
    throw new ServiceError(
      'SLUICE_SERVICE_CLOSING',
      'the service is closing and takes nothing on; ask again when it is back',
    );
  }
}

/** A run that is deleted while the list is made is not in it. */
function unlessGone(error: unknown): undefined {
  if (error instanceof ServiceError && error.code === 'SLUICE_SERVICE_NO_RUN') return;
  throw error;
}

function elsewhere(advice = 'stop it there'): ServiceError {
  return new ServiceError('SLUICE_SERVICE_RUN_ELSEWHERE', `another process carries this run on: ${advice}`);
}

import type { Duration } from '@sluice/core';
import type { Sink } from '@sluice/databases';
import type { Logger } from '@sluice/telemetry';
import type { Rate } from '../gate/parse-rate.ts';
import type { RetryPolicyOptions } from '../item/retry-policy.ts';
import type { RunChange } from '../run/gate-settings.ts';
import type { HostGateState, Progress } from '../run/progress.ts';
import type { Report } from '../run/report.ts';
import type { ToRow } from '../sink/export-results.ts';
import type { ItemSource } from '../source/item-source.ts';
import type { StepContext } from '../step/step-context.ts';
import type { ItemLimitRule, JobHttpOptions } from './host-options.ts';
import type { JobModule } from './job-module.ts';

/** The names of {@link StorePolicy}. */
export const STORE_POLICIES = ['body', 'value', 'none'] as const;

/**
 * What the ledger keeps of what an item gave: headers and body of a reply or the step's value (`body`); the value of a step, but of a reply only its
 * status (`value`); the status alone (`none`). How every attempt ended is always kept.
 */
export type StorePolicy = (typeof STORE_POLICIES)[number];

/** What is done to one item. */
export type Step<Input, Output> = (input: Input, context: StepContext) => Output | PromiseLike<Output>;

export interface JobOptions<Input, Output> {
  /** What kind of run it is, in the ledger and on the screen. Default `job`. */
  readonly kind?: string;
  /** Where the items come from: `from.lines(…)`, `from.jsonl(…)`, `from.iterable(…)`. */
  readonly source: ItemSource<Input>;
  /** The item's key, unique in the run. Default: what the source says (the line, or the row's position). */
  readonly key?: (input: Input, position: number) => string;
  /** The host that an item belongs to, when it is known before the step: its gate is asked before the item starts. Default: the host of an input that is a URL. */
  readonly host?: (input: Input) => string;
  /** Items under way at once, in all. Default `'auto'`: 256, and fewer while our own side runs out of something. */
  readonly concurrency?: 'auto' | number;
  /** Requests to one host under way at once. Default `'auto'`: found out for each, from 2 up to 32. */
  readonly perHost?: 'auto' | number;
  /** Requests to one host in a time: `'500/min'`. Default: no bound but what servers tell. */
  readonly rate?: Rate;
  /** The least time between two requests to one host. Default 0. */
  readonly delay?: Duration;
  /** Limits of items by a key of theirs, known before they begin: `[{ per: (row) => row.tenant, concurrency: 4 }]`. An item begins when all of its limits are open at once. */
  readonly limits?: readonly ItemLimitRule<Input>[];
  /** The run is paused when more items than this have failed since it was started or resumed. Default: never. */
  readonly maxErrors?: number;
  /** The run is paused before its steps have reported more cost than this, by `usage(units, cost)`, since it was started or resumed. Default: no cap. */
  readonly maxSpend?: number;
  /** Options of the session that `context.http` uses, and of the hosts that it speaks to. */
  readonly http?: JobHttpOptions;
  /** What is kept of what items give. Default `'body'`: all of it. */
  readonly store?: StorePolicy;
  /** The database that `context.sql` speaks to: a URL, better `env:NAME`. Connected at the first use. */
  readonly database?: string;
  /** Where the results go when the run is complete: `to.postgres(…)`, `to.mysql(…)`, `to.sqlite(…)`. The run closes it. */
  readonly sink?: Sink;
  /** What row of the sink a done item becomes; undefined leaves it out. Default: the step's value where it is an object, else the key with the value. */
  readonly toRow?: ToRow;
  /** How long one attempt may take. Default `'120s'`. */
  readonly timeout?: Duration;
  /** Retries after the first attempt, by outcome class. */
  readonly retry?: RetryPolicyOptions;
  /** Whether repeating the step is harmless. Default false: after a crash or a cut an item that was begun is in doubt, not repeated. */
  readonly idempotent?: boolean;
  /** What tells this job from another one when a run is resumed, as JSON. Default: a hash of `step` and `key`. */
  readonly definition?: Readonly<Record<string, unknown>>;
  /**
   * Where loops in other threads find this job: `import.meta.url` of the module that has it as its default export, or a {@link JobModule}. Needed
   * for `loops` above 1: a function cannot be sent to another thread.
   */
  readonly module?: string | URL | JobModule;
  readonly step: Step<Input, Output>;
}

/** What to do with items whose effect is unknown, when a run is resumed. */
export type InDoubtPolicy = 'hold' | 'retry' | 'fail';

export interface JobRunOptions {
  /** The ledger file: made when it does not exist, else the run in it goes on. */
  readonly ledger: string;
  /** Cuts the run: what is under way is cancelled. The run can be resumed. */
  readonly signal?: AbortSignal;
  /** How long what is under way may go on after `drain()`. Default `'10s'`. */
  readonly grace?: Duration;
  /**
   * Event loops that steps run in, each in a thread of its own; `'auto'`: one for each processor but one, at most 8. It pays where steps compute.
   * Default 1: everything on this loop. Above 1 the job needs a `module`, `log` cannot be given, and inputs are copied to the steps.
   */
  readonly loops?: number | 'auto';
  /** Where `context.log` writes. Default: a file beside the ledger, `urls.run.log` for `urls.run.db`, made at the first line. */
  readonly log?: Logger;
  /** Seed of the jitter. Default: random, kept in the ledger. */
  readonly seed?: number;
  /** Go on although the input is not the one that the run began with. */
  readonly acceptChangedInput?: boolean;
  /** Go on although the job's definition changed. */
  readonly acceptChangedDefinition?: boolean;
  /** Default `hold`. */
  readonly inDoubt?: InDoubtPolicy;
}

/** A definition: a source, a step, limits. */
export interface Job<Input, Output> {
  readonly options: Readonly<JobOptions<Input, Output>>;
  /** Runs it, or goes on with the run in the ledger, and reports when it has ended. */
  run(options: JobRunOptions): Promise<Report>;
  /** Like {@link run}, with a handle on the run while it goes on. */
  start(options: JobRunOptions): Promise<RunHandle>;
}

/** A run that is under way. */
export interface RunHandle {
  readonly ledger: string;
  readonly runId: string;
  /** True when the ledger was there before: the run goes on where it stopped. */
  readonly resumed: boolean;
  /** True when it goes on in a compressed list, which is decompressed again up to where the run stood: that takes a while. */
  readonly readsAgain: boolean;
  /** The counters as they are now. Cheap: for a screen that is drawn ten times a second. */
  progress(): Progress;
  /** The hosts with work, those with the most of it first, and how their gates stand. */
  gates(most?: number): HostGateState[];
  /** Changes bounds from now on; what is under way stays. @throws UsageError for bounds that cannot be */
  set(change: RunChange): void;
  /** No new work; what is under way may finish for the grace, then it is cut. */
  drain(): void;
  /** Cancels what is under way now. */
  cut(): void;
  /**
   * Settles when the run has ended and the ledger is closed. Rejects with a LedgerError when the ledger failed, with what the source threw, or
   * for a bug of ours; what was recorded before is safe, and the run can be resumed.
   */
  readonly finished: Promise<Report>;
}

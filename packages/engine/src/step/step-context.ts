import type { CancelScope } from '@sluice/core';
import type { Database } from '@sluice/databases';
import type { Reply, RequestOptions } from '@sluice/http';
import type { toThread } from '@sluice/offload';
import type { Logger } from '@sluice/telemetry';

/** The session as a step sees it: a reply that is not 2xx throws `HttpStatusError`, unless it is asked for with `accept`. */
export interface StepHttp {
  get(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  head(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  options(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  post(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  put(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  patch(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  delete(url: string | URL, options?: StepRequestOptions): Promise<Reply>;
  request(method: string, url: string | URL, options?: StepRequestOptions): Promise<Reply>;
}

export interface StepRequestOptions extends RequestOptions {
  /** Which statuses are no error. Default: 200 to 299. */
  readonly accept?: (status: number) => boolean;
}

/** An item that a step adds to the run. It is kept in one transaction with the step's own outcome. */
export interface EmittedItem {
  /** Unique in the run; a key that is known already is ignored. Default: the input, when it is text. */
  readonly key?: string;
  readonly input: unknown;
}

/** What a step is given besides its item. */
export interface StepContext {
  readonly http: StepHttp;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  readonly key: string;
  /** Line or row number; null for an item that was emitted. */
  readonly position: number | null;
  /**
   * Tells what the last request used of its host's quota (tokens, say) and what it cost: it corrects the estimate that was taken for it, and
   * counts towards `maxSpend`.
   */
  usage(units: number, cost?: number): void;
  /** Adds an item to the run. */
  emit(item: EmittedItem | string): void;
  /** Queries the job's `database` with a template, and gives its rows: sql`select * from people where id = ${id}`. Ends with the attempt, at the server too. */
  sql<T = Record<string, unknown>>(texts: TemplateStringsArray, ...values: unknown[]): Promise<T[]>;
  /** The job's `database`, for transactions, streams and bulk writes. */
  database(): Promise<Database>;
  /** Calls a function of a module in a worker thread, so that computing does not hold up the loop: `offload(url, 'resize', image)`. */
  readonly offload: typeof toThread;
  /** Writes structured lines that carry run, item and attempt: into `log` of `run()`, by default a file beside the ledger. */
  readonly log: Logger;
  /** The attempt's scope: its `signal` ends foreign work when the attempt is cut or times out. */
  readonly scope: CancelScope;
}

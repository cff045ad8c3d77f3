import type { CancelScope } from '@sluice/core';
import type { Reply, RequestOptions } from '@sluice/http';

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
  /** Adds an item to the run. */
  emit(item: EmittedItem | string): void;
  /** The attempt's scope: its `signal` ends foreign work when the attempt is cut or times out. */
  readonly scope: CancelScope;
}

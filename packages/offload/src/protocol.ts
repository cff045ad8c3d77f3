import type { Described } from './errors/described-error.ts';

/**
 * Calls to a worker, flat so that a batch costs one copy: for each call its slot, its number, the module's URL, the export's name, the arguments, and the
 * caller's portable context variables (undefined when it has none).
 */
export type CallMessage = unknown[];
export const CALL_FIELDS = 6;

/** Replies of a worker, flat: for each call its slot, how it ended, and what with. */
export type ReplyMessage = unknown[];
export const REPLY_FIELDS = 3;

/** How a call ended in the worker. */
export const RETURNED = 0;
/** The function threw: a {@link Described}. */
export const THREW = 1;
/** The worker could not do it: a {@link Refusal}. */
export const REFUSED = 2;
/** Stands in a slot's place: the process is about to end because of an error that nobody caught, a {@link Described}. */
export const CRASHED = -1;

export interface Refusal {
  readonly why: 'module' | 'export' | 'result';
  readonly cause: Described | undefined;
  /** The functions that the module has, where the one asked for is missing. */
  readonly available?: readonly string[];
}

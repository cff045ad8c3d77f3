import type { Scope } from '../scope/scope.ts';

/** The roots of the runs that go on in this process: where the task tree of all of it is read from. */
export const runs: Set<Scope> = new Set();

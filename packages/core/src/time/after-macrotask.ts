import { runInScope } from '../scope/ambient.ts';

/** Calls `callback` after the event loop has had a turn, outside every scope. */
export function afterMacrotask(callback: () => void): void {
  const later: (callback: () => void) => unknown = typeof setImmediate === 'function' ? setImmediate : setTimeout;
  runInScope(undefined, later, callback);
}

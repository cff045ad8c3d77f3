import type { Scope } from './scope.ts';

const nothing = (): void => {};

/** Cancels `scope` when an outside signal is aborted; the answer stops following it. One listener a scope, never one a wait. */
export function followSignal(scope: Scope, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return nothing;
  if (signal.aborted) {
    scope.cancel(signal.reason);
    return nothing;
  }
  const onAbort = (): void => scope.cancel(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}

import { AsyncLocalStorage } from 'node:async_hooks';

const isSource = import.meta.url.endsWith('.ts');

/** The module that a worker starts with, beside this one, and the flags that it needs to resolve what this copy of the package resolves. */
export function workerEntry(kind: 'thread' | 'process'): { readonly url: URL; readonly execArgv: readonly string[] } {
  return {
    url: new URL(`../worker/${kind}-entry.${isSource ? 'ts' : 'js'}`, import.meta.url),
    execArgv: isSource ? ['--conditions=@sluice/source'] : [],
  };
}

/** Runs `fn` in the context of this module's load: a worker outlives the caller that happened to need it first, and must not keep its scope. */
export const outsideCaller: <R>(fn: () => R) => R = AsyncLocalStorage.snapshot();

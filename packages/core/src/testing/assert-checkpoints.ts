import { brand } from '../errors/brand.ts';
import { SluiceError } from '../errors/sluice-error.ts';
import { cancelScope } from '../scope/cancel-scope.ts';
import { scopeHere } from '../scope/current.ts';
import type { Scope } from '../scope/scope.ts';
import { observe } from '../sight/observer.ts';

/** A function met no checkpoint where it should, or one where it should not. Code `SLUICE_CHECKPOINT_ASSERTION`. */
export class CheckpointAssertionError extends SluiceError {
  constructor(message: string) {
    super(message, { code: 'SLUICE_CHECKPOINT_ASSERTION' });
  }
}
brand(CheckpointAssertionError, 'CheckpointAssertionError');

/**
 * Runs `fn` and gives its value, if it met at least one checkpoint: a cancel would have reached it, at the latest there.
 *
 * @throws CheckpointAssertionError when it met none; what `fn` throws.
 * @example
 * await assertCheckpoints(() => session.get(url));
 */
export async function assertCheckpoints<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  const { value, checkpoints } = await count(fn);
  if (checkpoints > 0) return value;
  throw new CheckpointAssertionError(`${nameOf(fn)} met no checkpoint: a cancel could not have reached it`);
}

/**
 * Runs `fn` and gives its value, if it met no checkpoint: for functions that promise not to be cut off in the middle.
 *
 * @throws CheckpointAssertionError when it met one; what `fn` throws.
 */
export async function assertNoCheckpoints<T>(fn: () => T | PromiseLike<T>): Promise<T> {
  const { value, checkpoints } = await count(fn);
  if (checkpoints === 0) return value;
  throw new CheckpointAssertionError(
    `${nameOf(fn)} met ${checkpoints} checkpoints: a cancel could have cut it off there`,
  );
}

async function count<T>(fn: () => T | PromiseLike<T>): Promise<{ value: T; checkpoints: number }> {
  let checkpoints = 0;
  let value: T | undefined;
  await cancelScope(async () => {
    const within = scopeHere();
    const stop = observe({
      checkpoint: (scope) => {
        if (isInside(scope, within)) checkpoints++;
      },
    });
    try {
      value = await fn();
    } finally {
      stop();
    }
  });
  return { value: value as T, checkpoints };
}

function isInside(scope: Scope, within: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.parent) if (at === within) return true;
  return false;
}

function nameOf(fn: { readonly name: string }): string {
  return fn.name === '' ? 'the function' : `${fn.name}()`;
}

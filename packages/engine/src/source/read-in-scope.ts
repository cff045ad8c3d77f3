import { cancellable } from '@sluice/core';

/**
 * Reads `source` in the current scope: a cancel ends the wait for its next value, whatever the source is waiting for.
 *
 * @throws CancelledError when the scope is cancelled; what the source throws.
 */
export async function* readInScope<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let isReading = false;
  try {
    for (;;) {
      isReading = true;
      const next = await cancellable(iterator.next());
      isReading = false;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    const closed = iterator.return?.();
    // A read that may never end cannot be waited for: the source closes itself when it does.
    if (isReading) closed?.then(undefined, () => {});
    else await closed;
  }
}

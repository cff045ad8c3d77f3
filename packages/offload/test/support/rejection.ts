import assert from 'node:assert/strict';

/** The error that `promise` rejects with; the test fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Error, `an Error was expected, not ${String(error)}`);
    return error as Error & Record<string, unknown>;
  }
  throw new assert.AssertionError({ message: 'the promise was to reject' });
}

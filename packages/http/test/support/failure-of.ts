import assert from 'node:assert/strict';
import { HttpError } from '@sluice/http';

/** The HttpError that a request must end in. */
export async function failureOf(request: Promise<unknown>): Promise<HttpError> {
  try {
    await request;
  } catch (error) {
    assert.ok(error instanceof HttpError, `expected an HttpError, got ${String(error)}`);
    assert.equal(error.evidence.code, error.code);
    return error;
  }
  assert.fail('the request should have failed');
}

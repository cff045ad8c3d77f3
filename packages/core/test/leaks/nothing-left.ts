import assert from 'node:assert/strict';
import { after } from 'node:test';
import { scopeHere } from '../../src/scope/current.ts';

/** At the end of a test file: no child, no wait and no timer is left on the scope that everything outside `run` belongs to. */
export function expectNothingLeft(): void {
  after(() => {
    const root = scopeHere();
    // Not assert.equal: it would print the whole tree.
    assert.ok(root.firstChild === null, 'a scope or task is left under the root');
    assert.ok(root.firstWaiter === null, 'a wait is left on the root');
    assert.equal(root.runtime.timers.size, 0, 'a timer is left in the root heap');
    assert.equal(root.openStreams?.size ?? 0, 0, 'a stream is left open on the root');
  });
}

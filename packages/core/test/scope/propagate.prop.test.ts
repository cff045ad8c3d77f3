import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scope } from '../../src/scope/scope.ts';
import { Runtime } from '../../src/task/runtime.ts';
import { Sleeper } from '../../src/time/sleeper.ts';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

const step = fc.record({
  kind: fc.constantFrom('open', 'open', 'open', 'cancel', 'shield', 'unshield', 'close', 'wait', 'signal' as const),
  which: fc.nat(1000),
});

/** What the code of one scope should see, from the rules alone. */
interface Model {
  readonly scope: Scope;
  readonly parent: Model | undefined;
  readonly waits: Sleeper[];
  hasCancelled: boolean;
  isShielded: boolean;
  isClosed: boolean;
  signal: AbortSignal | undefined;
  /** A signal that was aborted stays so, even when a shield goes up later. */
  wasReached: boolean;
}

function isReached(model: Model): boolean {
  if (model.hasCancelled) return true;
  return !model.isShielded && model.parent !== undefined && isReached(model.parent);
}

test('at any sequence of opens, cancels, shields and closes the tree says what the rules say', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const runtime = new Runtime();
      const open = (parent: Model | undefined): Model => ({
        scope: new Scope(parent?.scope ?? null, runtime),
        parent,
        waits: [],
        hasCancelled: false,
        isShielded: false,
        isClosed: false,
        signal: undefined,
        wasReached: false,
      });
      const models: Model[] = [open(undefined)];
      const live = (): Model[] => models.filter((model) => !model.isClosed);
      for (const { kind, which } of steps) {
        const candidates = live();
        const model = candidates[which % candidates.length]!;
        if (kind === 'open') models.push(open(model));
        else if (kind === 'cancel') {
          model.scope.cancel(which);
          model.hasCancelled = true;
        } else if (kind === 'shield' || kind === 'unshield') {
          model.isShielded = kind === 'shield';
          model.scope.shield = model.isShielded;
        } else if (kind === 'close') {
          if (model.parent === undefined || candidates.some((other) => other.parent === model)) continue;
          model.scope.close();
          model.isClosed = true;
          assert.ok(model.waits.every((wait) => !wait.pending));
        } else if (kind === 'signal') {
          if (model.signal === undefined) model.wasReached = isReached(model);
          model.signal = model.scope.signal;
        } else if (model.scope.by === null) model.waits.push(new Sleeper(model.scope));
        for (const each of live()) {
          const reached = isReached(each);
          each.wasReached ||= reached;
          assert.equal(each.scope.by !== null, reached);
          if (reached) {
            assert.ok(each.scope.cancellation);
            assert.ok(
              each.waits.every((wait) => !wait.pending),
              'a cancelled scope has no wait left',
            );
          }
          if (each.signal !== undefined) assert.equal(each.signal.aborted, each.wasReached);
          const children = new Set<Scope>();
          for (let child = each.scope.firstChild; child !== null; child = child.nextSibling) children.add(child);
          const expected = live().filter((other) => other.parent === each);
          assert.equal(children.size, expected.length);
          assert.ok(expected.every((other) => children.has(other.scope)));
          let waiting = 0;
          for (let wait = each.scope.firstWaiter; wait !== null; wait = wait.scopeNext) waiting++;
          assert.equal(waiting, each.waits.filter((wait) => wait.pending).length);
        }
      }
    }),
    { numRuns: 400 },
  );
});

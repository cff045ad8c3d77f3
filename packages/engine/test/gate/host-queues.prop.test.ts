import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HostQueues } from '../../src/gate/host-queues.ts';

interface Model {
  readonly waiting: Map<string, number[]>;
  readonly inFlight: Map<string, number>;
}

const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('push' as const), host: fc.constantFrom('a', 'b', 'c', 'd') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), at: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
);

test('first in, first out within a host, never more of a host under way than it may have, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.array(operation, { maxLength: 200 }), (perHost, operations) => {
      const queues = new HostQueues<{ host: string; number: number }>(perHost);
      const model: Model = { waiting: new Map(), inFlight: new Map() };
      const underWay: { host: string; number: number }[] = [];
      let number = 0;
      for (const step of operations) {
        if (step.do === 'push') {
          queues.push(step.host, { host: step.host, number });
          model.waiting.set(step.host, [...(model.waiting.get(step.host) ?? []), number++]);
        } else if (step.do === 'take') {
          const item = queues.take();
          const mayBegin = [...model.waiting].filter(
            ([host, items]) => items.length > 0 && (model.inFlight.get(host) ?? 0) < perHost,
          );
          assert.equal(item !== undefined, mayBegin.length > 0, 'what may begin begins');
          if (item === undefined) continue;
          assert.equal(model.waiting.get(item.host)?.shift(), item.number, 'first in, first out');
          model.inFlight.set(item.host, (model.inFlight.get(item.host) ?? 0) + 1);
          assert.ok(model.inFlight.get(item.host)! <= perHost, 'too many of one host');
          underWay.push(item);
        } else if (step.do === 'finish') {
          const [item] = underWay.splice(step.at % Math.max(1, underWay.length), 1);
          if (item === undefined) continue;
          queues.finished(item.host);
          model.inFlight.set(item.host, model.inFlight.get(item.host)! - 1);
        } else {
          const left = queues.clear().map((item) => item.number);
          assert.deepEqual(left.sort(byNumber), [...model.waiting.values()].flat().sort(byNumber));
          model.waiting.clear();
        }
        let waiting = 0;
        for (const host of ['a', 'b', 'c', 'd']) {
          const expected = { waiting: model.waiting.get(host)?.length ?? 0, inFlight: model.inFlight.get(host) ?? 0 };
          assert.deepEqual(queues.load(host), expected);
          waiting += expected.waiting;
        }
        assert.equal(queues.size, waiting);
      }
    }),
    { numRuns: 1000 },
  );
});

function byNumber(a: number, b: number): number {
  return a - b;
}

test('hosts take turns: a host with a thousand items does not hold up the others', () => {
  const queues = new HostQueues<string>(100);
  for (let index = 0; index < 1000; index++) queues.push('big', 'big');
  for (const host of ['x', 'y', 'z']) for (let index = 0; index < 5; index++) queues.push(host, host);
  const begun = Array.from({ length: 20 }, () => queues.take());
  assert.deepEqual(begun.slice(0, 8), ['big', 'x', 'y', 'z', 'big', 'x', 'y', 'z']);
});

test('a host that has all that it may have is passed over until one of its items has ended', () => {
  const queues = new HostQueues<string>(1);
  queues.push('slow', 'slow 1');
  queues.push('slow', 'slow 2');
  queues.push('fast', 'fast 1');
  queues.push('fast', 'fast 2');
  assert.deepEqual([queues.take(), queues.take(), queues.take()], ['slow 1', 'fast 1', undefined]);
  queues.finished('fast');
  assert.deepEqual([queues.take(), queues.take()], ['fast 2', undefined]);
  queues.finished('slow');
  assert.equal(queues.take(), 'slow 2');
});

test('order holds over many thousand items, past the points where the queues are compacted', () => {
  const queues = new HostQueues<number>(1_000_000);
  for (let number = 0; number < 10_000; number++) queues.push('one', number);
  for (let number = 0; number < 5000; number++) assert.equal(queues.take(), number);
  for (let number = 10_000; number < 20_000; number++) queues.push('one', number);
  for (let number = 5000; number < 20_000; number++) assert.equal(queues.take(), number);
  assert.equal(queues.take(), undefined);
});

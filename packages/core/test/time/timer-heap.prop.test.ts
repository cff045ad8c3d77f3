import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@sluice/core/testing';
import fc from 'fast-check';
import { type TimerEntry, TimerHeap } from '../../src/time/timer-heap.ts';

class Entry implements TimerEntry {
  dueAt = 0;
  dueOrder = 0;
  heapIndex = -1;
  readonly #fired: Entry[];
  constructor(fired: Entry[]) {
    this.#fired = fired;
  }
  fire(): void {
    this.#fired.push(this);
  }
}

const command = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), at: fc.nat(50) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: fc.nat(1000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), at: fc.nat(20) }) },
);

test('the heap fires what a sorted list would, in the same order, at any sequence of adds, removes and moves of time', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
      const clock = new ManualClock();
      const heap = new TimerHeap(clock);
      const fired: Entry[] = [];
      const expected: Entry[] = [];
      let model: Entry[] = [];
      for (const { kind, at } of commands) {
        if (kind === 'add') {
          const entry = new Entry(fired);
          heap.add(entry, clock.now() + at);
          model.push(entry);
          // Stable: what is due at the same time stays in the order of arming.
          model.sort((a, b) => a.dueAt - b.dueAt);
        } else if (kind === 'remove') {
          const victim = model[at % Math.max(model.length, 1)];
          if (victim === undefined) continue;
          heap.remove(victim);
          heap.remove(victim);
          assert.equal(victim.heapIndex, -1);
          model = model.filter((entry) => entry !== victim);
        } else {
          clock.advance(at);
          const due = model.filter((entry) => entry.dueAt <= clock.now());
          expected.push(...due);
          model = model.filter((entry) => entry.dueAt > clock.now());
        }
        assert.equal(heap.size, model.length);
        assert.equal(heap.nextDueAt, model[0]?.dueAt);
        if (model[0] !== undefined) assert.ok(clock.nextAlarmAt! <= model[0].dueAt, 'the alarm rings in time');
        else assert.equal(clock.nextAlarmAt, undefined);
        assert.deepEqual(fired, expected);
      }
      clock.advance(1000);
      assert.deepEqual(fired, [...expected, ...model]);
      assert.equal(heap.size, 0);
    }),
    { numRuns: 500 },
  );
});

test('what is left after removals from the middle still fires in order, at every place of a large heap', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 20, maxLength: 60 }),
      fc.array(fc.nat(59), { maxLength: 20 }),
      (times, gone) => {
        const clock = new ManualClock();
        const heap = new TimerHeap(clock);
        const fired: Entry[] = [];
        const entries = times.map((at) => {
          const entry = new Entry(fired);
          heap.add(entry, at);
          return entry;
        });
        const removed = new Set(gone.flatMap((index) => entries[index] ?? []));
        for (const entry of removed) heap.remove(entry);
        clock.advance(1000);
        const left = entries.filter((entry) => !removed.has(entry)).sort((a, b) => a.dueAt - b.dueAt);
        assert.ok(fired.length === left.length && fired.every((entry, index) => entry === left[index]));
      },
    ),
    { numRuns: 300 },
  );
});

test('entries that fire may add and remove others', () => {
  const clock = new ManualClock();
  const heap = new TimerHeap(clock);
  const order: string[] = [];
  const entry = (name: string, then: () => void = () => {}): TimerEntry => ({
    dueAt: 0,
    dueOrder: 0,
    heapIndex: -1,
    fire() {
      order.push(name);
      then();
    },
  });
  const victim = entry('victim');
  const past = entry('past');
  const later = entry('later');
  heap.add(
    entry('first', () => {
      heap.remove(victim);
      heap.add(past, 1);
      heap.add(later, 20);
    }),
    10,
  );
  heap.add(victim, 10);
  clock.advance(15);
  assert.deepEqual(order, ['first', 'past']);
  assert.equal(clock.nextAlarmAt, 20);
  clock.advance(5);
  assert.deepEqual(order, ['first', 'past', 'later']);
});

test('an entry that throws leaves the heap in order, and the others still fire', () => {
  const clock = new ManualClock();
  const heap = new TimerHeap(clock);
  const fired: Entry[] = [];
  const bad: TimerEntry = {
    dueAt: 0,
    dueOrder: 0,
    heapIndex: -1,
    fire() {
      throw new Error('boom');
    },
  };
  heap.add(bad, 5);
  heap.add(new Entry(fired), 5);
  assert.throws(() => clock.advance(5), /boom/);
  clock.advance(0);
  assert.equal(fired.length, 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DeadlineEntry, DeadlineList } from '../../src/deadline-list.ts';

class Probe implements DeadlineEntry {
  dueAt: number;
  slot = -1;
  rung: number[] = [];
  readonly #list: DeadlineList;
  constructor(list: DeadlineList, dueAt: number) {
    this.#list = list;
    this.dueAt = dueAt;
  }
  onDue(nowMs: number): void {
    this.rung.push(nowMs);
    this.#list.remove(this);
  }
}

test('every entry rings once, not before its time', async () => {
  const list = new DeadlineList();
  const start = performance.now();
  const probes = Array.from({ length: 50 }, (_, i) => new Probe(list, start + ((i * 37) % 100)));
  for (const probe of probes) list.add(probe);
  while (list.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const probe of probes) {
    assert.equal(probe.rung.length, 1);
    assert.ok(probe.rung[0]! >= probe.dueAt);
  }
  list.close();
});

test('an entry that left does not ring, and one that moved on rings later', async () => {
  const list = new DeadlineList();
  const start = performance.now();
  const left = new Probe(list, start + 10);
  const moved = new Probe(list, start + 10);
  const stays = new Probe(list, start + 20);
  for (const probe of [left, moved, stays]) list.add(probe);
  list.remove(left);
  list.remove(left);
  moved.dueAt = start + 60;
  while (list.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(left.rung, []);
  assert.ok(moved.rung[0]! >= start + 60);
  assert.equal(stays.rung.length, 1);
  list.close();
});

test('an earlier deadline is met although the timer was set for a later one', async () => {
  const list = new DeadlineList();
  const late = new Probe(list, performance.now() + 60_000);
  list.add(late);
  const soon = new Probe(list, performance.now() + 60_000);
  list.add(soon);
  soon.dueAt = performance.now() + 20;
  list.hurry(soon);
  while (list.size > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(soon.rung.length, 1);
  list.remove(late);
  list.close();
});

// Run by million.test.ts under --expose-gc: `flat`, `live` or `bytes`; ends with 0 when all of it holds.
import assert from 'node:assert/strict';
import { cancelScope, sleep, sleepForever, taskGroup } from '@sluice/core';
import { scopeHere } from '../../src/scope/current.ts';
import type { Scope } from '../../src/scope/scope.ts';

const MILLION = 1_000_000;
const LIVE = 100_000;
const root = scopeHere();

async function heapAfterGc(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    globalThis.gc!();
  }
  return process.memoryUsage().heapUsed;
}

function childrenOf(scope: Scope): number {
  let count = 0;
  for (let child = scope.firstChild; child !== null; child = child.nextSibling) count++;
  return count;
}

function assertNothingLeft(): void {
  assert.equal(root.firstChild, null, 'a node is left in the tree');
  assert.equal(root.firstWaiter, null, 'a wait is left');
  assert.equal(root.runtime.timers.size, 0, 'a timer is left in the heap');
}

const parts: Record<string, () => Promise<void>> = {
  /** A million tasks leave nothing behind. */
  async flat() {
    const tasks = async (count: number): Promise<number> => {
      let ended = 0;
      await taskGroup((group) => {
        for (let index = 0; index < count; index++) group.spawn(async () => void ended++);
      });
      return ended;
    };
    await tasks(1000);
    const before = await heapAfterGc();
    assert.equal(await tasks(MILLION), MILLION);
    const growth = (await heapAfterGc()) - before;
    assertNothingLeft();
    assert.ok(growth < 1_000_000, `${growth} bytes more after a million tasks`);
  },
  /** Tasks that come and go beside a hundred thousand live ones leave each of these where it is, and nothing of themselves. */
  async live() {
    await taskGroup(async (group) => {
      for (let index = 0; index < LIVE; index++) group.spawn(sleepForever);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const scope = scopeHere();
      assert.equal(childrenOf(scope), LIVE);
      const before = await heapAfterGc();
      for (let index = 0; index < LIVE; index++) await group.spawn(() => index);
      const growth = (await heapAfterGc()) - before;
      assert.equal(childrenOf(scope), LIVE);
      assert.equal(scope.firstWaiter, null);
      assert.ok(growth < 1_000_000, `${growth} bytes more after ${LIVE} tasks beside as many`);
      group.cancel();
    });
    assertNothingLeft();
  },
  /** What a sleeping task holds, with its timer, its scope and its place in the cancel tree. */
  async bytes() {
    let slept = 0;
    const sleeper = async (): Promise<void> => await sleep(3_600_000 + slept++);
    const before = await heapAfterGc();
    await cancelScope(async (outer) => {
      await taskGroup(async (group) => {
        for (let index = 0; index < LIVE; index++) group.spawn(sleeper);
        const bytes = ((await heapAfterGc()) - before) / LIVE;
        assert.equal(root.runtime.timers.size, LIVE);
        assert.ok(bytes <= 1250, `${bytes} bytes a sleeping task`);
        outer.cancel();
      });
    });
    assertNothingLeft();
  },
};

await parts[process.argv[2]!]!();

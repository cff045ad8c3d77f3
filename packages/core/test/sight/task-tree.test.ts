import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  background,
  cancellable,
  cancelScope,
  channel,
  Event,
  formatTaskTree,
  Lock,
  map,
  Queue,
  rateLimiter,
  run,
  Semaphore,
  shield,
  sleep,
  sleepForever,
  type TaskTree,
  TimeoutError,
  taskGroup,
  taskTree,
  timeout,
} from '@sluice/core';
import { testRun, waitUntilBlocked } from '@sluice/core/testing';
import { expectNothingLeft } from '../leaks/nothing-left.ts';

expectNothingLeft();

/** Every node, by name. */
function byName(tree: TaskTree, found: Map<string, TaskTree> = new Map()): Map<string, TaskTree> {
  found.set(tree.name, tree);
  for (const child of tree.children) byName(child, found);
  return found;
}

test('the tree says of each task what it waits for, whatever of ours that is', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const lock = new Lock();
      const full = new Queue<number>(1);
      full.tryPut(1);
      const [tx, rx] = channel<number>();
      const [, empty] = channel<number>();
      const limiter = rateLimiter({ limit: 1, per: '1h' });
      limiter.tryAcquire();
      using _permit = await lock.acquire();
      const waits: Record<string, [string, () => Promise<unknown>]> = {
        sleep: ['sleep until +5s', () => sleep('5s')],
        forever: ['sleepForever', sleepForever],
        semaphore: ['Semaphore.acquire', () => new Semaphore(0).acquire()],
        lock: ['Lock.acquire', () => lock.acquire()],
        event: ['Event.wait', () => new Event().wait()],
        get: ['Queue.get', () => new Queue().get()],
        put: ['Queue.put', () => full.put(2)],
        send: ['Sender.send', () => tx.send(1)],
        receive: ['Receiver.receive', () => empty.receive()],
        rate: ['RateLimiter.acquire', () => limiter.acquire()],
        foreign: ['foreign await', () => new Promise((resolve) => setTimeout(resolve, 5))],
        wrapped: ['cancellable', () => cancellable(new Promise(() => {}))],
        start: ["started() of task 'service'", () => group.start(sleepForever, { name: 'service' })],
      };
      for (const [name, [, wait]] of Object.entries(waits)) group.spawn(wait, { name });
      const sleeper = group.spawn(sleepForever, { name: 'sleeper' });
      group.spawn(async () => await sleeper, { name: 'joiner' });
      group.spawn(() => Promise.all([sleep('1s'), new Event().wait()]), { name: 'both' });
      await waitUntilBlocked();
      const nodes = byName(taskTree());
      for (const [name, [what]] of Object.entries(waits)) {
        assert.deepEqual([nodes.get(name)!.waitsOn, nodes.get(name)!.state], [[what], 'waiting'], name);
      }
      assert.deepEqual(nodes.get('joiner')!.waitsOn, ["task 'sleeper'"]);
      assert.deepEqual(nodes.get('both')!.waitsOn, ['sleep until +1s', 'Event.wait']);
      rx.close();
      group.cancel();
    }).catch(() => {}),
  ));

test('scopes and groups stand between the tasks, and what waits for its children says so', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const guarded = (): Promise<unknown> => shield(() => cancelScope(sleepForever), { timeout: '1s' });
      group.spawn(() => timeout('5s', () => assert.rejects(guarded, TimeoutError)), { name: 'outer' });
      const mapper = group.spawn(() => map([1, 2, 3], () => sleep('5s'), { concurrency: 2 }), { name: 'mapper' });
      await sleep(250);
      mapper.cancel();
      const late = group.spawn(() => {}, { name: 'late' });
      const { children } = byName(taskTree()).get('group')!;
      const [outer, , last] = children;
      const [inTimeout] = outer!.children;
      const [inShield] = inTimeout!.children;
      assert.deepEqual(
        [outer!.waitsOn, inTimeout!.name, inTimeout!.kind, inShield!.name, inShield!.children[0]!.name],
        [[], 'timeout', 'scope', 'shield', 'cancelScope'],
      );
      assert.deepEqual(inShield!.children[0]!.waitsOn, ['sleepForever']);
      assert.equal(outer!.sinceMs, 250);
      assert.deepEqual([last!.name, last!.state, last!.sinceMs], [late.name, 'pending', 0]);
      const before = byName(taskTree()).get('map')!;
      assert.deepEqual([before.kind, before.waitsOn, before.state], ['group', ['children'], 'cancelling']);
      assert.deepEqual(
        before.children.map((child) => child.name),
        ['map worker 1', 'map worker 2'],
      );
      group.cancel();
    }),
  ));

test('inside a run the tree is that of the run; outside every run it is that of the process', async () => {
  const service = background(sleepForever, { name: 'outside service' });
  await Promise.resolve();
  await run(
    async () => {
      background(sleepForever, { name: 'inside service' });
      await sleep(5);
      const tree = taskTree();
      assert.deepEqual(
        tree.children.map((child) => child.name),
        ['main', 'background'],
      );
      assert.equal(tree.children[0]!.state, 'running');
      assert.equal(byName(tree).has('outside service'), false);
    },
    { handleSignals: false, name: 'main' },
  );
  const seen = taskTree();
  assert.equal(seen.kind, 'process');
  assert.ok(byName(seen).has('outside service'));
  assert.equal(byName(seen).has('inside service'), false);
  assert.deepEqual(JSON.parse(JSON.stringify(seen)), seen, 'plain data');
  service.cancel();
  await assert.rejects(service.done);
});

test('3,000 nested scopes and 50,000 children make a tree without an overflow', () =>
  testRun(() =>
    taskGroup(async (group) => {
      const nest = async (depth: number): Promise<void> => {
        await Promise.resolve();
        await (depth === 0 ? sleep(10) : cancelScope(() => nest(depth - 1)));
      };
      group.spawn(() => nest(3000));
      for (let id = 0; id < 50_000; id++) group.spawn(() => sleep(10_000));
      await waitUntilBlocked();
      const tree = taskTree();
      assert.equal(byName(tree).get('group')!.children.length, 50_001);
      assert.ok(JSON.stringify(tree).length > 50_000);
      group.cancel();
    }),
  ));

test('the printed tree is aligned, draws every branch, and shows control characters instead of sending them', () => {
  const leaf = (name: string, waits: string): TaskTree => ({
    kind: 'task',
    name,
    state: 'waiting',
    sinceMs: 1500,
    waitsOn: [waits],
    children: [],
  });
  const text = formatTaskTree({
    kind: 'run',
    name: 'run',
    state: 'waiting',
    sinceMs: 90_000,
    waitsOn: [],
    children: [
      { ...leaf('main', 'Queue.get'), children: [leaf('a', 'x'), { ...leaf('b', 'y'), kind: 'group', name: 'group' }] },
      { ...leaf('evil\u001b[31m\n', 'z'), spawnedAt: 'file.ts:1:2' },
    ],
  });
  assert.equal(
    text,
    [
      'run                     waiting  1.5min',
      '├─ main                 waiting    1.5s  Queue.get',
      '│  ├─ a                 waiting    1.5s  x',
      '│  └─ group             waiting    1.5s  y',
      '└─ evil\\u{1b}[31m\\u{a}  waiting    1.5s  z (file.ts:1:2)',
    ].join('\n'),
  );
});

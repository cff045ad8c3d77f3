import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskTree } from '@sluice/core';
import { layTree } from '../../src/ps/lay-tree.ts';
import { lineWidth, renderLine } from '../../src/text/line.ts';
import { noPaint } from '../../src/text/paint.ts';

function node(name: string, changes: Partial<TaskTree> = {}): TaskTree {
  return { kind: 'task', name, state: 'waiting', sinceMs: 1000, waitsOn: [], children: [], ...changes };
}

/** `count` tasks with names of their own that all wait for the same. */
function crowd(name: string, count: number, waitsOn: string, children: TaskTree[] = []): TaskTree[] {
  return Array.from({ length: count }, (_, index) => node(`${name} ${index}`, { waitsOn: [waitsOn], children }));
}

function shown(children: TaskTree[], width = Number.POSITIVE_INFINITY, all = false): string[] {
  const tree = node('process', { kind: 'process', children });
  return layTree(7, tree, width, all).map((line) => renderLine(line, width, noPaint).trimEnd());
}

test('each node is a line: branches, name, state, how long, what it waits for', () => {
  const lines = shown([
    node('run', {
      kind: 'run',
      children: [
        node('crew', {
          kind: 'group',
          waitsOn: ['children'],
          children: [node('a', { waitsOn: ['Queue.get', "task 'b'"] })],
        }),
        node('b', { state: 'cancelling', sinceMs: 65_000, waitsOn: ['foreign await'], spawnedAt: '/app/main.ts:7:3' }),
      ],
    }),
  ]);
  assert.deepEqual(lines, [
    'process 7: 2 tasks (1 waiting, 1 cancelling)',
    '└─ run            waiting          1s',
    '   ├─ group crew  waiting          1s  children',
    "   │  └─ a        waiting          1s  Queue.get, task 'b'",
    '   └─ b           cancelling  1.08min  foreign await (spawned at /app/main.ts:7:3)',
  ]);
});

test('of many neighbours that do the same the first five are shown, and the others counted', () => {
  const lines = shown([...crowd('page', 1200, 'Semaphore.acquire'), ...crowd('worker', 10, 'Queue.get')]);
  assert.equal(lines.length, 1 + 5 + 1 + 10);
  assert.match(lines[5]!, /^├─ page 4 .* Semaphore\.acquire$/);
  assert.match(lines[6]!, /^├─ … 1,195 more like these, to page 1199 +waiting +1s {2}Semaphore\.acquire$/);
  assert.match(lines.at(-1)!, /^└─ worker 9 /);
  assert.equal(shown(crowd('page', 1200, 'Semaphore.acquire'), 80, true).length, 1201);
});

test('times and the names of tasks that are waited for do not make neighbours different; what lies below them does', () => {
  const sleepers = Array.from({ length: 30 }, (_, index) => node(`s${index}`, { waitsOn: [`sleep until +${index}s`] }));
  assert.equal(shown(sleepers).length, 7);
  const joiners = Array.from({ length: 30 }, (_, index) => node(`j${index}`, { waitsOn: [`task 'x${index}'`] }));
  assert.equal(shown(joiners).length, 7);
  const odd = crowd('p', 30, 'Queue.get').map((task, index) =>
    index === 15 ? { ...task, children: [node('child')] } : task,
  );
  assert.equal(shown(odd).filter((line) => line.includes('child')).length, 1);
  assert.equal(shown(odd).length, 1 + 6 + 2 + 6);
});

test('a terminal of any width holds every line, and a name always keeps some of itself', () => {
  const deep = (depth: number): TaskTree => node(`level ${depth}`, { children: depth === 0 ? [] : [deep(depth - 1)] });
  const tree = [
    deep(30),
    node('日本語の名前'.repeat(20), { waitsOn: ['cancellable'] }),
    ...crowd('x', 40, 'Event.wait'),
  ];
  for (let width = 40; width <= 200; width += 1) {
    const lines = layTree(7, node('process', { kind: 'process', children: tree }), width, false);
    for (const line of lines)
      assert.ok(lineWidth(line) <= width, `${lineWidth(line)} of ${width}: ${renderLine(line, 999, noPaint)}`);
    assert.ok(
      lines.some((line) => renderLine(line, width, noPaint).includes('level 0')),
      `${width}`,
    );
  }
});

test('in a narrow terminal there is no column of states: one that is not waiting is said before the wait', () => {
  const lines = shown(
    [node('a', { waitsOn: ['Queue.get'] }), node('b', { state: 'cancelling', waitsOn: ['sleep'] })],
    50,
  );
  assert.deepEqual(lines.slice(1), ['├ a  1s  Queue.get', '└ b  1s  cancelling, sleep']);
});

test('a long name does not push the columns of the others away where nothing is cut', () => {
  const [, short, long] = shown([node('short', { waitsOn: ['x'] }), node('n'.repeat(300), { waitsOn: ['y'] })]);
  assert.equal(short!.length, 60 + 2 + 'waiting'.length + 2 + 2 + 2 + 1);
  assert.match(long!, /n{300} {2}waiting {2}1s {2}y$/);
});

test('control characters of a name are shown and not sent', () => {
  assert.match(shown([node('\u001b[2Jevil\u202e')]).join(), /\\x1b\[2Jevil\\u\{202e\}/);
});

test('500 levels and 50,000 alike are laid out at once', () => {
  let deep = node('leaf');
  for (let level = 0; level < 500; level++) deep = node('level', { children: [deep] });
  assert.equal(shown([deep, ...crowd('many', 50_000, 'Event.wait', [node('child')])], 80).length, 1 + 501 + 5 * 2 + 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addInstrument,
  background,
  CancelledError,
  ContextVar,
  formatTaskTree,
  run,
  shield,
  sleep,
  sleepForever,
  taskGroup,
  taskTree,
} from '@sluice/core';
import { expectNothingLeft } from '../leaks/nothing-left.ts';
import { warningsDuring } from '../sight/warnings.ts';

expectNothingLeft();

const quiet = { handleSignals: false };

test('75: what is left in the background is cancelled and waited for before run returns, and its errors are reported', async () => {
  const seen: string[] = [];
  const warnings = await warningsDuring(async () => {
    const value = await run(async () => {
      background(
        async () => {
          try {
            await sleepForever();
          } catch (error) {
            seen.push(error instanceof CancelledError ? error.source : 'other');
            await shield(() => sleep(5));
            seen.push('cleaned up');
            throw error;
          }
        },
        { name: 'tidy' },
      );
      background(
        async () => {
          try {
            await sleepForever();
          } finally {
            background(() => void seen.push('started late'));
            // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails
            throw new Error('untidy');
          }
        },
        { name: 'untidy' },
      );
      await sleep(1);
      return 'value';
    }, quiet);
    seen.push(`returned ${value}`);
  });
  assert.deepEqual(seen, ['shutdown', 'started late', 'cleaned up', 'returned value']);
  assert.deepEqual(
    warnings.map((warning) => (warning as { code?: string }).code),
    ['SLUICE_BACKGROUND_FAILED'],
  );
  assert.match(warnings[0]!.message, /the background task 'untidy' failed: Error: untidy/);
});

test('78: a context variable that a child sets is not seen by its parent; what was set before the spawn is seen by the child', () =>
  run(async () => {
    const variable = new ContextVar<string>('request', { default: 'none' });
    variable.set('parent');
    await taskGroup(async (group) => {
      const child = group.spawn(async () => {
        assert.equal(variable.get(), 'parent');
        variable.set('child');
        await sleep(1);
        return variable.get();
      });
      await Promise.resolve();
      variable.set('later');
      assert.equal(await child, 'child');
      assert.equal(variable.get(), 'later');
      assert.equal(await group.spawn(() => variable.get()), 'later');
    });
  }, quiet));

test('82: an instrument that throws is removed and reported, and the program goes on', async () => {
  let calls = 0;
  const warnings = await warningsDuring(async () => {
    const remove = addInstrument({
      taskStarted: () => {
        calls++;
        throw new Error('broken instrument');
      },
    });
    const value = await run(() => taskGroup(async (group) => await group.spawn(() => 5)), quiet);
    assert.equal(value, 5);
    remove();
  });
  assert.equal(calls, 1);
  assert.equal((warnings[0] as { code?: string }).code, 'SLUICE_INSTRUMENT_FAILED');
  assert.equal(warnings.length, 1);
});

test('83: each task of the live tree knows its name, state, wait and children, and the tree prints', () =>
  run(
    async () => {
      await taskGroup(
        async (group) => {
          group.spawn(sleepForever, { name: 'idle' });
          await sleep(1);
          const tree = taskTree();
          const main = tree.children[0]!;
          assert.deepEqual([tree.kind, main.kind, main.name, main.state], ['run', 'task', 'program', 'running']);
          const crew = main.children[0]!;
          assert.deepEqual([crew.kind, crew.name], ['group', 'crew']);
          const idle = crew.children[0]!;
          assert.deepEqual([idle.name, idle.state, idle.waitsOn], ['idle', 'waiting', ['sleepForever']]);
          assert.match(
            formatTaskTree(tree),
            /^run .*\n└─ program .*\n {3}└─ group crew .*\n {6}└─ idle .* sleepForever$/,
          );
          group.cancel();
        },
        { name: 'crew' },
      );
    },
    { ...quiet, name: 'program' },
  ));

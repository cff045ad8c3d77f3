import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as core from '@sluice/core';
import { gather, SluiceError, suppressedErrors, TaskGroupError, UsageError } from '@sluice/core';

const folder = await mkdtemp(join(tmpdir(), 'sluice-copy-'));
after(() => rm(folder, { recursive: true }));
await cp(fileURLToPath(new URL('../../src', import.meta.url)), folder, { recursive: true });
const copy = (await import(pathToFileURL(join(folder, 'index.ts')).href)) as typeof core;

type Module = typeof core;
const samples: readonly (readonly [string, (from: Module) => Error, readonly (keyof Module)[], string])[] = [
  ['SluiceError', (m) => new m.SluiceError('x', { code: 'SLUICE_X' }), ['SluiceError'], 'SLUICE_X'],
  [
    'CancelledError',
    (m) => new m.CancelledError('explicit', 'why'),
    ['CancelledError', 'SluiceError'],
    'SLUICE_CANCELLED',
  ],
  ['TimeoutError', (m) => new m.TimeoutError(5), ['TimeoutError', 'SluiceError'], 'SLUICE_TIMEOUT'],
  ['UsageError', (m) => new m.UsageError('x'), ['UsageError', 'SluiceError'], 'SLUICE_USAGE'],
  [
    'InvalidDurationError',
    (m) => new m.InvalidDurationError('x'),
    ['InvalidDurationError', 'UsageError', 'SluiceError'],
    'SLUICE_INVALID_DURATION',
  ],
  [
    'TaskCancelledError',
    (m) => new m.TaskCancelledError('t', null),
    ['TaskCancelledError', 'SluiceError'],
    'SLUICE_TASK_CANCELLED',
  ],
  ['TaskGroupError', (m) => new m.TaskGroupError('g', []), ['TaskGroupError', 'SluiceError'], 'SLUICE_TASK_GROUP'],
  [
    'QueueShutDownError',
    (m) => new m.QueueShutDownError('put'),
    ['QueueShutDownError', 'SluiceError'],
    'SLUICE_QUEUE_SHUT_DOWN',
  ],
  [
    'BrokenChannelError',
    (m) => new m.BrokenChannelError(),
    ['BrokenChannelError', 'SluiceError'],
    'SLUICE_BROKEN_CHANNEL',
  ],
  [
    'EndOfChannelError',
    (m) => new m.EndOfChannelError(),
    ['EndOfChannelError', 'SluiceError'],
    'SLUICE_END_OF_CHANNEL',
  ],
  ['TryAgain', (m) => new m.TryAgain(), ['TryAgain', 'SluiceError'], 'SLUICE_TRY_AGAIN'],
  ['AllFailedError', (m) => new m.AllFailedError('any', []), ['AllFailedError', 'SluiceError'], 'SLUICE_ALL_FAILED'],
  [
    'BrokenBarrierError',
    (m) => new m.BrokenBarrierError('reset'),
    ['BrokenBarrierError', 'SluiceError'],
    'SLUICE_BROKEN_BARRIER',
  ],
  ['CircuitOpenError', (m) => new m.CircuitOpenError(5), ['CircuitOpenError', 'SluiceError'], 'SLUICE_CIRCUIT_OPEN'],
];
const classes = samples.map(([name]) => name as keyof Module);

for (const [name, make, is, code] of samples) {
  test(`${name} has its code and is told from the others across two copies of the package`, () => {
    assert.notEqual(make(core).constructor, make(copy).constructor, 'the copy is a copy');
    for (const error of [make(core), make(copy)]) {
      assert.equal((error as { code?: string }).code, code);
      assert.equal(error.name, name);
      assert.ok(error instanceof Error);
      for (const other of classes) {
        for (const from of [core, copy]) {
          assert.equal(
            error instanceof (from[other] as unknown as typeof Error),
            is.includes(other),
            `${name} instanceof ${other}`,
          );
        }
      }
    }
  });
}

test('every error class of the package is in the table above', () => {
  const exported = Object.entries(core)
    .filter(([, value]) => typeof value === 'function' && (value as unknown as typeof Error).prototype instanceof Error)
    .map(([name]) => name);
  assert.deepEqual(exported.sort(), [...classes].sort());
});

test('a class that a user derives is told from its base', () => {
  class MyError extends SluiceError {
    constructor() {
      super('mine', { code: 'MY_CODE' });
    }
  }
  class Narrower extends MyError {}
  const base = new SluiceError('base', { code: 'SLUICE_X' });
  assert.equal(base instanceof MyError, false);
  assert.ok(new MyError() instanceof SluiceError);
  assert.ok(new MyError() instanceof copy.SluiceError);
  assert.ok(new Narrower() instanceof MyError);
  assert.equal(new MyError() instanceof Narrower, false);
  assert.equal(new MyError().name, 'MyError');
  for (const value of [null, undefined, 'text', 5, {}, () => {}])
    assert.equal((value as unknown) instanceof SluiceError, false);
});

test('cause is kept where there is one, also an undefined one, and absent where there is none', () => {
  assert.equal('cause' in new SluiceError('x', { code: 'SLUICE_X' }), false);
  assert.equal('cause' in new SluiceError('x', { code: 'SLUICE_X', cause: undefined }), true);
  assert.equal(new UsageError('x', { cause: 5, code: 'SLUICE_Y' }).cause, 5);
});

test('a group error finds and flattens at any depth, across copies too', () => {
  const deep = new RangeError('deep');
  const inner = new copy.TaskGroupError('inner', [{ error: deep, taskName: 'c' }]);
  const error = new TaskGroupError('outer', [
    { error: 'thrown text', taskName: 'a' },
    { error: inner, taskName: 'b' },
    ...Array.from({ length: 9 }, (_, index) => ({ error: new Error(`${index}`), taskName: null })),
  ]);
  assert.equal(error.find(RangeError), deep);
  assert.equal(error.find(SyntaxError), undefined);
  assert.deepEqual(error.flatten().slice(0, 3), ['thrown text', deep, error.errors[2]]);
  assert.match(
    error.message,
    /^11 failures in task group 'outer': task 'a': thrown text; .*body: Error: 0; .*; and 6 more$/,
  );
  assert.equal(error.cause, 'thrown text');
});

test('what is suppressed beside a thrown text is of the latest time that it was thrown', async () => {
  const failWith = (text: string) => (): never => {
    throw text;
  };
  const slow = (text: string) => async (): Promise<never> => {
    try {
      return await core.sleepForever();
    } catch {
      throw text;
    }
  };
  await assert.rejects(
    () => gather([failWith('same'), slow('other')]),
    (error) => error === 'same',
  );
  assert.deepEqual(suppressedErrors('same'), ['other']);
  await assert.rejects(
    () => gather([failWith('same')]),
    (error) => error === 'same',
  );
  assert.deepEqual(suppressedErrors('same'), []);
  for (let index = 0; index < 40; index++) {
    await assert.rejects(
      () => gather([failWith(`text ${index}`), slow('other')]),
      (error) => error === `text ${index}`,
    );
  }
  assert.deepEqual(suppressedErrors('text 0'), [], 'old texts are forgotten');
  assert.deepEqual(suppressedErrors('text 39'), ['other']);
  assert.deepEqual(suppressedErrors(new Error('unknown')), []);
});

test('a cancellation that was kept and thrown in another scope becomes an error that says so', async () => {
  let kept: unknown;
  await core.cancelScope(async (scope) => {
    scope.cancel();
    await core.checkpoint().catch((error: unknown) => {
      kept = error;
    });
  });
  await assert.rejects(
    () =>
      core.taskGroup((group) => {
        group.spawn(
          () => {
            throw kept;
          },
          { name: 'stray' },
        );
      }),
    (error: TaskGroupError) => {
      assert.equal((error.errors[0] as SluiceError).code, 'SLUICE_STRAY_CANCEL');
      assert.match(error.errors[0].message, /task 'stray'/);
      assert.equal(error.errors[0].cause, kept);
      return true;
    },
  );
});

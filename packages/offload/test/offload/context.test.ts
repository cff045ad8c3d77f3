import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContextVar, gather, run } from '@sluice/core';
import { closeOffload, offload, toThread } from '../../src/index.ts';
import { rejection } from '../support/rejection.ts';

type Context = typeof import('../modules/context.ts');
const contextUrl = new URL('../modules/context.ts', import.meta.url);
const requestId = new ContextVar<string>('requestId', { default: 'none', portable: true });
const local = new ContextVar<string>('local', { default: 'none' });

for (const kind of ['thread', 'process'] as const) {
  test(`78: a call carries portable context variables into its ${kind}, and no others`, async () => {
    await using work = offload<Context>(contextUrl, { kind, threads: 1 });
    assert.deepEqual(await work.seen(), ['none', 'none', 'none', 'none']);
    await run(
      async () => {
        local.set('stays here');
        const seen = await gather([
          () => requestId.run('a', () => work.seen()),
          () => requestId.run('b', () => work.seen()),
          () => work.seen(),
        ]);
        assert.deepEqual(seen, [
          ['a', 'a', 'a', 'none'],
          ['b', 'b', 'b', 'none'],
          ['none', 'none', 'none', 'none'],
        ]);
      },
      { handleSignals: false },
    );
  });
}

test('78: what a call sets is seen by no later call, nor by its caller', async () => {
  await using work = offload<Context>(contextUrl, { threads: 1 });
  await requestId.run('mine', async () => {
    assert.equal(await work.overwrite('changed'), 'mine');
    assert.equal(await work.read(), 'mine');
    assert.equal(requestId.get(), 'mine');
  });
  assert.equal(await work.read(), 'none');
});

test('78: toThread carries them too, with the value of the moment of the call', async () => {
  await requestId.run('first', async () => {
    const call = toThread<Context['read']>(contextUrl, 'read');
    requestId.set('second');
    assert.equal(await call, 'first');
  });
  await closeOffload();
});

test('a function that fails under a carried variable throws its own error, and leaves the thread fit', async () => {
  await using work = offload<Context>(contextUrl, { threads: 1 });
  await requestId.run('x', async () => {
    const error = await rejection(work.fail());
    assert.deepEqual([error.name, error.message], ['RangeError', 'failed for x']);
    assert.equal(await work.read(), 'x');
  });
});

test('a portable variable that cannot be copied fails the call, and is named', async () => {
  await using work = offload<Context>(contextUrl, { threads: 1 });
  const connection = new ContextVar<() => void>('connection', { portable: true });
  await connection.run(
    () => {},
    async () => {
      const error = await rejection(work.read());
      assert.equal(error.code, 'SLUICE_OFFLOAD_NOT_CLONEABLE');
      assert.match(error.message, /the arguments of read\(\) and the portable context variables connection/);
    },
  );
});

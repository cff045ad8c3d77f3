import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SluiceError, TimeoutError, UsageError } from '@sluice/core';
import { OffloadError, offload } from '@sluice/offload';
import { type Failures, failuresUrl, type Sums, sumsUrl } from '../support/modules.ts';
import { rejection } from '../support/rejection.ts';

for (const kind of ['thread', 'process'] as const) {
  test(`an error from a ${kind} keeps its name, message, code, cause and properties`, async () => {
    await using work = offload<Failures>(failuresUrl, { kind, threads: 1 });
    const error = await rejection(work.badImage(7));
    assert.equal(error.name, 'BadImageError');
    assert.equal(error.message, 'row 7 is damaged');
    assert.equal(error.code, 'BAD_IMAGE');
    assert.deepEqual(error.details, { row: 7 });
    assert.ok(!('retry' in error), 'a function cannot come along');
    assert.ok(error.cause instanceof RangeError);
    assert.equal(error.cause.cause, 'disk');
    assert.ok((await rejection(work.typeError())) instanceof TypeError);
  });

  test(`the stack of an error from a ${kind} shows where it was thrown and who called`, async () => {
    await using work = offload<Failures>(failuresUrl, { kind, threads: 1, name: 'images' });
    async function userOfTheImage(): Promise<void> {
      await work.badImage(1);
    }
    const { stack } = await rejection(userOfTheImage());
    assert.match(stack!, /^BadImageError: row 1 is damaged\n\s+at badImage \(.*failures\.ts/);
    assert.doesNotMatch(stack!, /call-server/);
    assert.match(stack!, new RegExp(`in ${kind} 'images-1', called as badImage\\(\\)\\n(.*\\n)*.*userOfTheImage`));
  });

  test(`what a ${kind} cannot find or load is said with what is there`, async () => {
    await using work = offload<Sums & { divide(): number; version(): string }>(sumsUrl, { kind, threads: 1 });
    for (const missing of [() => work.divide(), () => work.version()]) {
      const error = await rejection(missing());
      assert.ok(error instanceof OffloadError);
      assert.equal(error.code, 'SLUICE_OFFLOAD_NO_FUNCTION');
      assert.match(error.message, /it exports add, addLater/);
    }
    await using absent = offload<Sums>(new URL('./absent.ts', sumsUrl), { kind, threads: 1 });
    await using broken = offload<Sums>(new URL('./throws-at-load.ts', sumsUrl), { kind, threads: 1 });
    const notFound = await rejection(absent.add(1, 1));
    assert.equal(notFound.code, 'SLUICE_OFFLOAD_MODULE');
    assert.equal((notFound.cause as { code?: string }).code, 'ERR_MODULE_NOT_FOUND');
    const notLoaded = await rejection(broken.add(1, 1));
    assert.equal(notLoaded.code, 'SLUICE_OFFLOAD_MODULE');
    assert.ok(notLoaded.cause instanceof SyntaxError);
    assert.match(notLoaded.message, /the tables are missing/);
  });

  test(`what cannot be copied to or from a ${kind} fails its own call only`, async () => {
    await using sums = offload<Sums>(sumsUrl, { kind, threads: 1 });
    const calls = [sums.add(1, 1), rejection(sums.add((() => {}) as never, 1)), sums.add(2, 2)] as const;
    const [two, error, four] = await Promise.all(calls);
    assert.deepEqual([two, four], [2, 4]);
    assert.equal(error.code, 'SLUICE_OFFLOAD_NOT_CLONEABLE');
    assert.match(error.message, /the arguments of add\(\)/);
    await using failures = offload<Failures>(failuresUrl, { kind, threads: 1 });
    const back = await rejection(failures.giveFunction());
    assert.equal(back.code, 'SLUICE_OFFLOAD_NOT_CLONEABLE');
    assert.match(back.message, /what giveFunction\(\) gave/);
    assert.match((await rejection(failures.failLater('still there'))).message, /still there/);
  });
}

test('an error whose class is of Sluice passes instanceof, its cause too', async () => {
  await using work = offload<Failures>(failuresUrl, { threads: 1 });
  const error = await rejection(work.ofSluice());
  assert.ok(error instanceof UsageError && error instanceof SluiceError);
  assert.ok(error.cause instanceof TimeoutError);
  assert.ok(!(error instanceof OffloadError));
});

test('an aggregate keeps its errors, and an error that is its own cause ends somewhere', async () => {
  await using work = offload<Failures>(failuresUrl, { threads: 1 });
  const error = await rejection(work.several());
  assert.ok(error instanceof AggregateError);
  assert.ok(error.errors[0] instanceof TypeError);
  assert.equal(error.errors[1], 'two');
  assert.equal((await rejection(work.ownCause())).message, 'round');
});

test('a thrown value that is no error arrives as it is, or as text where it cannot be copied', async () => {
  await using work = offload<Failures>(failuresUrl, { threads: 1 });
  const thrown = (kind: Parameters<Failures['throwValue']>[0]) =>
    work.throwValue(kind).then(assert.fail, (value: unknown) => value);
  assert.equal(await thrown('text'), 'plain');
  assert.deepEqual(await thrown('object'), { deep: [1, 2] });
  assert.equal(await thrown('nothing'), undefined);
  assert.equal(await thrown('function'), '() => {}');
});

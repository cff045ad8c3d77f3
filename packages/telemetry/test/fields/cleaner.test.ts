import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather, suppressedErrors, taskGroup } from '@sluice/core';
import { Cleaner, LIMITS } from '../../src/fields/cleaner.ts';

function clean(value: unknown): unknown {
  return new Cleaner().value(value);
}

/** What was thrown. */
async function failure(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

test('collections, dates, URLs, numbers beyond JSON and binary data become readable', () => {
  assert.deepEqual(
    clean({
      map: new Map<unknown, unknown>([
        ['a', 1],
        [2, new Set([3])],
      ]),
      date: new Date(0),
      url: new URL('https://u:p@a.test/'),
      big: 2n ** 64n,
      infinite: Number.POSITIVE_INFINITY,
      bytes: new Uint8Array(1024),
      pattern: /a+/g,
      function: () => 1,
      nothing: null,
      missing: undefined,
      list: [undefined, Symbol('s')],
    }),
    {
      map: { a: 1, 2: [3] },
      date: '1970-01-01T00:00:00.000Z',
      url: 'https://[redacted]@a.test/',
      big: '18446744073709551616',
      infinite: 'Infinity',
      bytes: '[1024 bytes]',
      pattern: '/a+/g',
      function: '[function]',
      nothing: null,
      list: [undefined, 'Symbol(s)'],
    },
  );
});

test('cycles, depth, breadth and length are cut, and say so', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = { cycle };
  assert.deepEqual(clean(cycle), { self: { cycle: '[circular]' } });

  let deep: unknown = 'bottom';
  for (let n = 0; n < 100; n++) deep = [deep];
  assert.equal(JSON.stringify(clean(deep)), `${'['.repeat(LIMITS.depth)}"[…]"${']'.repeat(LIMITS.depth)}`);

  const wide = clean(Array.from({ length: 1_000_000 }, (_, n) => n)) as unknown[];
  assert.ok(wide.length <= LIMITS.values + 1);
  assert.equal(wide.at(-1), '[…]');
  assert.equal((clean(Object.fromEntries(wide.entries())) as Record<string, unknown>)['…'], '[…]');

  const long = clean('x'.repeat(100_000)) as string;
  assert.equal(long, `${'x'.repeat(LIMITS.text)}… (${100_000 - LIMITS.text} more characters)`);
});

test('an object that is shared over and over does not multiply', () => {
  let shared: unknown = { leaf: 'x' };
  for (let n = 0; n < 9; n++) shared = Array.from({ length: 20 }, () => shared);
  assert.ok(JSON.stringify(clean(shared)).length < 200_000);
});

test('a field called __proto__ stays a field', () => {
  const plain = clean(JSON.parse('{"__proto__":{"polluted":1}}')) as object;
  assert.equal(Object.getPrototypeOf(plain), Object.prototype);
  assert.deepEqual(plain, { __proto___: { polluted: 1 } });
});

test('an error keeps its name, message, code, own properties, stack and the chain of its causes', () => {
  const root = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH', syscall: 'connect' });
  const error = new TypeError('cannot fetch', { cause: new RangeError('middle', { cause: root }) });
  const fields = clean(error) as Record<string, Record<string, Record<string, unknown>>>;
  assert.deepEqual([fields.name, fields.message, fields.stack], ['TypeError', 'cannot fetch', error.stack]);
  assert.equal(fields.cause!.name, 'RangeError');
  assert.deepEqual(fields.cause!.cause, {
    name: 'Error',
    message: 'no route',
    code: 'EHOSTUNREACH',
    syscall: 'connect',
    stack: root.stack,
  });
});

test('an error that is its own cause ends somewhere', () => {
  const error = new Error('round') as Error & { cause?: unknown };
  error.cause = error;
  assert.equal((clean(error) as { cause: unknown }).cause, '[circular]');
});

test('a task group’s error keeps every failure and the names of the tasks', async () => {
  const error = await failure(() =>
    taskGroup(async (group) => {
      group.spawn(() => Promise.reject(new Error('one')), { name: 'first' });
      group.spawn(() => Promise.reject(new Error('two')), { name: 'second' });
    }),
  );
  const fields = clean(error) as { errors: Error[]; taskNames: string[]; code: string; name: string };
  assert.deepEqual(
    [fields.name, fields.code, fields.taskNames],
    ['TaskGroupError', 'SLUICE_TASK_GROUP', ['first', 'second']],
  );
  assert.deepEqual(
    fields.errors.map(({ message }) => message),
    ['one', 'two'],
  );
});

test('errors that came after the first one are kept, of gather and of using', async () => {
  const error = await failure(() =>
    gather([() => Promise.reject(new Error('one')), () => Promise.reject(new Error('two'))]),
  );
  assert.equal(suppressedErrors(error).length, 1);
  const { suppressed } = clean(error) as { suppressed: Error[] };
  assert.deepEqual(
    suppressed.map(({ message }) => message),
    ['two'],
  );
  const disposal = clean(new SuppressedError(new Error('in disposal'), new Error('before'), 'both')) as {
    error: Error;
    suppressed: Error[];
  };
  assert.deepEqual([disposal.error.message, disposal.suppressed[0]!.message], ['in disposal', 'before']);
});

test('a getter that throws costs its own value only', () => {
  const error = Object.defineProperty(new Error('kept'), 'stack', {
    get() {
      throw new Error('no stack');
    },
  });
  const { message, stack } = clean(error) as Error;
  assert.deepEqual([message, stack], ['kept', '[unreadable]']);
});

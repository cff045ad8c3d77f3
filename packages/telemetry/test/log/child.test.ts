import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureProcessWarnings, createLogger, type Logger, withLogFields } from '@sluice/telemetry';
import { type Entry, entriesOf, temporaryFolder } from '../support/temporary-folder.ts';

/** The lines that `use` logs. */
async function logged(use: (log: Logger) => unknown): Promise<Entry[]> {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  {
    await using log = createLogger({ destination: path, level: 'trace', redact: ['user.email', '*.ssn'] });
    await use(log);
  }
  return entriesOf(path);
}

/** The fields of the first line that `use` logs. */
async function fieldsOf(use: (log: Logger) => unknown): Promise<Record<string, unknown>> {
  const [entry] = await logged(use);
  const { level, time, msg, ...fields } = entry!;
  return fields;
}

test('the fields of a call win over bound ones, and those over the logger’s own; no name is written twice', async () => {
  const fields = await fieldsOf((log) =>
    withLogFields({ a: 'ambient', b: 'ambient', c: 'ambient' }, () =>
      log.child({ a: 'own', d: 'own', e: 'own' }).child({ e: 'grandchild' }).info('hello', { a: 'call', b: 'call' }),
    ),
  );
  assert.deepEqual(fields, { a: 'call', b: 'call', c: 'ambient', d: 'own', e: 'grandchild' });
});

test('bound fields follow the code through everything it starts and awaits, and end with it', async () => {
  const lines = await logged(async (log) => {
    await Promise.all(
      [1, 2, 3].map((item) =>
        withLogFields({ run: 'r', item }, async () => {
          await new Promise((resolve) => setImmediate(resolve));
          await withLogFields({ attempt: item * 10 }, async () => {
            await new Promise((resolve) => setImmediate(resolve));
            log.info('inner');
          });
          log.info('outer');
        }),
      ),
    );
    log.info('outside');
  });
  const facts = lines.map(({ msg, run, item, attempt }) => [msg, run, item, attempt]);
  for (const item of [1, 2, 3]) {
    assert.ok(facts.some((fact) => JSON.stringify(fact) === JSON.stringify(['inner', 'r', item, item * 10])));
    assert.ok(facts.some((fact) => JSON.stringify(fact) === JSON.stringify(['outer', 'r', item, undefined])));
  }
  assert.deepEqual(facts.at(-1), ['outside', undefined, undefined, undefined]);
});

test('withLogFields gives back what the function gives back, and lets its error pass', () => {
  assert.equal(
    withLogFields({}, () => 7),
    7,
  );
  const error = new Error('mine');
  assert.throws(
    () =>
      withLogFields({}, () => {
        throw error;
      }),
    error,
  );
});

test('an error in the place of the fields becomes the field error', async () => {
  const { error } = await fieldsOf((log) => log.error('failed', new RangeError('too far')));
  assert.equal((error as Error).name, 'RangeError');
  assert.equal((error as Error).message, 'too far');
});

test('paths to redact are redacted besides the names that tell', async () => {
  const user = { email: 'a@b.test', ssn: 1, name: 'Ann', password: 'x' };
  const fields = await fieldsOf((log) => log.info('hello', { user }));
  assert.deepEqual(fields.user, {
    email: '[redacted]',
    ssn: '[redacted]',
    name: 'Ann',
    password: '[redacted]',
  });
  assert.deepEqual(user, { email: 'a@b.test', ssn: 1, name: 'Ann', password: 'x' }, 'the caller’s object is untouched');
});

test('fields that look like a request, or have the name of a part of the line, come out as they are', async () => {
  const fields = await fieldsOf((log) =>
    log.info('hello %s %d', {
      method: 'GET',
      headers: {},
      socket: 1,
      err: { message: 'm' },
      msg: 1,
      level: 2,
      time: 3,
    }),
  );
  assert.deepEqual(fields, {
    method: 'GET',
    headers: {},
    socket: 1,
    err: { message: 'm' },
    msg_: 1,
    level_: 2,
    time_: 3,
  });
});

test('nothing that is logged makes a log call throw', async () => {
  const hostile = {
    get getter(): never {
      throw new Error('no');
    },
    proxy: new Proxy({}, { ownKeys: () => assert.fail('no keys') }),
    toJSON: { toJSON: () => assert.fail('no JSON') },
    huge: 2n ** 80n,
    symbol: Symbol('s'),
    nan: Number.NaN,
  };
  const lines = await logged((log) => {
    log.info('hostile', hostile);
    log.info('proxy', hostile.proxy);
    for (const strange of [null, undefined, 7, 'text', Symbol('x'), () => 1]) log.info('strange', strange as never);
    for (const strange of [null, undefined, 7, Symbol('x'), {}, new Error('e')]) log.info(strange as never);
    log.child(hostile).info('child');
    withLogFields(hostile, () => log.info('bound'));
  });
  assert.equal(lines.length, 16);
  assert.deepEqual(
    [lines[0]!.getter, lines[0]!.huge, lines[0]!.nan],
    ['[unreadable]', '1208925819614629174706176', 'NaN'],
  );
});

test('warnings of the process are logged until the capture is disposed of', async () => {
  const lines = await logged(async (log) => {
    {
      using _ = captureProcessWarnings(log);
      process.emitWarning('look out', { code: 'TEST_WARNING' });
      await new Promise((resolve) => setImmediate(resolve));
    }
    process.emitWarning('not this', { code: 'TEST_WARNING' });
    await new Promise((resolve) => setImmediate(resolve));
  });
  assert.deepEqual(
    lines.map(({ level, msg, warning }) => [level, msg, (warning as { code: string }).code]),
    [['warn', 'look out', 'TEST_WARNING']],
  );
});

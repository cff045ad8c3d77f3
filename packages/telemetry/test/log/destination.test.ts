import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLogger } from '@sluice/telemetry';
import { entriesOf, temporaryFolder } from '../support/temporary-folder.ts';

test('a line holds the level as text, the time in milliseconds, the fields and the message', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  const before = Date.now();
  {
    await using log = createLogger({ destination: path, base: { service: 'crawl' } });
    log.info('fetched', { url: 'https://a.test/', status: 200 });
  }
  const [entry, ...rest] = await entriesOf(path);
  assert.ok(entry !== undefined && entry.time >= before && entry.time <= Date.now());
  assert.deepEqual(entry, {
    level: 'info',
    time: entry.time,
    service: 'crawl',
    url: 'https://a.test/',
    status: 200,
    msg: 'fetched',
  });
  assert.deepEqual(rest, []);
});

test('lines below the level are not written, and isEnabled says so beforehand', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  const log = createLogger({ destination: path, level: 'warn' });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
    log[level](`at ${level}`);
    assert.equal(log.isEnabled(level), ['warn', 'error', 'fatal'].includes(level));
  }
  await log.close();
  assert.deepEqual(
    (await entriesOf(path)).map(({ msg }) => msg),
    ['at warn', 'at error', 'at fatal'],
  );
  assert.deepEqual(log.statistics(), { written: 3, dropped: 0, buffered: 0 });
});

test('a silent logger writes nothing', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  await using log = createLogger({ destination: path, level: 'silent' });
  log.fatal('nobody hears this');
  await log.flush();
  assert.deepEqual(log.statistics(), { written: 0, dropped: 0, buffered: 0 });
});

test('lines are appended to what is there', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  await writeFile(path, '{"msg":"from yesterday"}\n');
  await using log = createLogger({ destination: path });
  log.info('from today');
  await log.flush();
  assert.deepEqual(
    (await entriesOf(path)).map(({ msg }) => msg),
    ['from yesterday', 'from today'],
  );
});

test('a flush waits for all lines before it, and they keep their order', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  await using log = createLogger({ destination: path });
  const children = [log, log.child({ child: 1 }), log.child({ child: 2 })];
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 4000; n++) children[n % 3]!.info('line', { n: round * 4000 + n });
    await log.flush();
    assert.deepEqual(log.statistics(), { written: (round + 1) * 4000, dropped: 0, buffered: 0 });
    const written = await entriesOf(path);
    assert.equal(written.length, (round + 1) * 4000);
    assert.ok(written.every(({ n }, index) => n === index));
  }
});

test('after the file was moved away, reopen() goes on in a new one', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  await using log = createLogger({ destination: path });
  log.info('old');
  await log.flush();
  await rename(path, folder.path('a.log.1'));
  log.info('still old');
  await log.flush();
  await log.reopen();
  log.info('new');
  await log.flush();
  const texts = async (name: string): Promise<string[]> => (await entriesOf(folder.path(name))).map(({ msg }) => msg);
  assert.deepEqual(await texts('a.log.1'), ['old', 'still old']);
  assert.deepEqual(await texts('a.log'), ['new']);
});

test('SIGHUP reopens the file when that was asked for, and is no longer listened to after close()', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  const listeners = process.listenerCount('SIGHUP');
  const log = createLogger({ destination: path, reopenOnSighup: true });
  log.info('old');
  await log.flush();
  await rename(path, folder.path('a.log.1'));
  const signalled = new Promise((resolve) => process.once('SIGHUP', resolve));
  process.kill(process.pid, 'SIGHUP');
  await signalled;
  // A second reopening is answered after the first.
  await log.reopen();
  log.info('new');
  await log.close();
  assert.deepEqual(
    (await entriesOf(path)).map(({ msg }) => msg),
    ['new'],
  );
  assert.equal(process.listenerCount('SIGHUP'), listeners);
});

test('lines after close() are dropped and counted, and everything else does nothing', async () => {
  await using folder = await temporaryFolder();
  const log = createLogger({ destination: folder.path('a.log') });
  const child = log.child({ a: 1 });
  log.info('before');
  await log.close();
  child.info('after');
  log.fatal('after');
  await log.flush();
  await log.reopen();
  log.flushSync();
  await log.close();
  assert.deepEqual(log.statistics(), { written: 1, dropped: 2, buffered: 0 });
});

test('closing leaves no thread, timer or listener behind', async () => {
  await using folder = await temporaryFolder();
  const left = (): unknown => [
    process
      .getActiveResourcesInfo()
      .filter((name) => !name.startsWith('FSReq'))
      .sort(),
    process.listenerCount('exit'),
  ];
  const listeners = process.listenerCount('exit');
  const before = left();
  const loggers = Array.from({ length: 12 }, (_, n) => createLogger({ destination: folder.path(`${n}.log`) }));
  assert.equal(process.listenerCount('exit'), listeners + 1, 'one listener serves all');
  for (const log of loggers) log.info('here');
  await Promise.all(loggers.map((log) => log.close()));
  assert.deepEqual(left(), before);
});

test('a line that is longer than what is written at once arrives whole', async () => {
  await using folder = await temporaryFolder();
  const path = folder.path('a.log');
  await using log = createLogger({ destination: path });
  const long = Array.from({ length: 8 }, (_, n) => `${n}`.repeat(10_000));
  const control = '\x01'.repeat(16_000);
  log.info('long', { long, control });
  log.info('next');
  await log.flush();
  const [first, second] = await entriesOf(path);
  assert.deepEqual((first!.long as string[]).slice(0, 4), long.slice(0, 4));
  assert.equal(second?.msg, 'next');
});

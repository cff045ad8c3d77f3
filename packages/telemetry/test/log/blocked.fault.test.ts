import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { constants, open, readdir, readlink } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@sluice/telemetry';
import { runProgram } from '../support/run-program.ts';
import { type Entry, entries, temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = new URL('../support/logging-program.ts', import.meta.url);

/** Holds the FIFO open for reading, and reads nothing. */
function holdUnread(path: string): Promise<AsyncDisposable & { readonly fd: number }> {
  return open(path, constants.O_RDWR | constants.O_NONBLOCK);
}

/** How many lines the lines that tell of dropped ones tell of, and the ordinary ones. */
function account(all: readonly Entry[]): { told: number; ordinary: readonly Entry[]; gaps: number } {
  const gaps = all.filter(({ dropped }) => dropped !== undefined);
  for (const gap of gaps) assert.match(gap.msg, /^\d+ log lines? (?:were|was) dropped here/);
  return {
    told: gaps.reduce((sum, { dropped }) => sum + (dropped as number), 0),
    ordinary: all.filter(({ dropped }) => dropped === undefined),
    gaps: gaps.length,
  };
}

/** Resolves when this process, its threads included, has the path open no longer. */
async function released(path: string): Promise<void> {
  for (;;) {
    const links = (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ''));
    if (!(await Promise.all(links)).includes(path)) return;
    await wait(5);
  }
}

test('a FIFO that nobody reads holds up neither the event loop nor flush nor close, and every line is counted', async (t) => {
  await using folder = await temporaryFolder();
  const log = createLogger({ destination: await folder.fifo('f'), maxBuffered: 65_536, flushTimeout: '100ms' });
  const rounds: number[] = [];
  for (let round = 0; round < 2000; round++) {
    const started = performance.now();
    for (let n = 0; n < 10; n++) log.info('line', { n });
    await new Promise((resolve) => setImmediate(resolve));
    rounds.push(performance.now() - started);
  }
  rounds.sort((a, b) => a - b);
  const [p50, p99] = [rounds[1000]!, rounds[1980]!];
  t.diagnostic(`a turn of the event loop with 10 lines: median ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
  assert.ok(p99 < 100, `p99 ${p99} ms`);
  const { written, dropped, buffered } = log.statistics();
  assert.equal(written, 0);
  assert.equal(dropped + buffered, 20_000);
  assert.ok(buffered > 500, `${buffered} lines wait`);
  await log.flush();
  log.flushSync('20ms');
  assert.equal(log.statistics().buffered, buffered);
  await log.close();
  assert.deepEqual(log.statistics(), { written: 0, dropped: 20_000, buffered: 0 });
});

test('a process whose log nobody reads still ends', async () => {
  await using folder = await temporaryFolder();
  for (const ending of ['end', 'exit', 'close']) {
    const program = await runProgram(PROGRAM, [await folder.fifo(ending), '1000', ending], {
      env: { FLUSH_TIMEOUT: 'short' },
    });
    assert.deepEqual([program.code, program.stderr], [0, ''], ending);
    const { written, dropped, buffered } = JSON.parse(program.stdout);
    assert.deepEqual([written, dropped + buffered], [0, 1000]);
  }
});

test('a process whose standard output is a pipe that is full and unread still ends', async () => {
  await using folder = await temporaryFolder();
  const path = await folder.fifo('f');
  await using held = await holdUnread(path);
  const program = await runProgram(PROGRAM, ['stdout', '1000', 'end', '1000'], {
    stdio: ['ignore', held.fd, 'pipe'],
    env: { FLUSH_TIMEOUT: 'short' },
  });
  assert.equal(program.code, 0);
  const { written, dropped, buffered } = JSON.parse(program.stderr);
  assert.equal(written + dropped + buffered, 1000);
  assert.ok(buffered > 0);
});

test('a process whose standard output is a socket that is full and unread still ends', async () => {
  // What Node gives a child as a pipe is a socket. Nobody reads this one.
  const child = spawn(
    process.execPath,
    ['--conditions=@sluice/source', fileURLToPath(PROGRAM), 'stdout', '2000', 'end', '1000'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FLUSH_TIMEOUT: 'short' } },
  );
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  child.stdout.destroy();
  assert.equal(code, 0);
  const { written, dropped, buffered } = JSON.parse(said);
  assert.equal(written + dropped + buffered, 2000);
  assert.ok(buffered > 0);
});

test('after a gap no line is taken before half of the buffer is free', async () => {
  await using folder = await temporaryFolder();
  const path = await folder.fifo('f');
  await using log = createLogger({ destination: path, maxBuffered: 160 * 1024, flushTimeout: '50ms' });
  const more = 'x'.repeat(1000);
  while (log.statistics().dropped === 0) log.info('line', { more });
  // A pipe takes one batch of 64 KiB, which leaves more than half.
  await using _ = await holdUnread(path);
  while (log.statistics().written === 0) await wait(5);
  log.info('line', { more });
  assert.equal(log.statistics().dropped, 2);
});

test('lines that were dropped are told of in their place, exactly, once the destination takes lines again', async () => {
  await using folder = await temporaryFolder();
  const path = await folder.fifo('f');
  const log = createLogger({ destination: path, maxBuffered: 32_768, flushTimeout: '20s' });
  let logged = 0;
  const burst = (count: number): void => {
    for (let end = logged + count; logged < end; logged++) log.info('line', { n: logged });
  };
  burst(5000);
  const reading = text(createReadStream(path));
  await log.flush();
  assert.equal(log.statistics().buffered, 0);
  burst(100);
  await log.flush();
  burst(5000);
  await log.close();
  const { told, ordinary, gaps } = account(entries(await reading));
  const { written, dropped, buffered } = log.statistics();
  assert.deepEqual([dropped, written, buffered], [told, ordinary.length + gaps, 0]);
  assert.equal(ordinary.length + told, logged);
  assert.ok(gaps >= 2);
});

test('the lines around a gap are in order, and the gap is as long as the numbers that are missing', async () => {
  await using folder = await temporaryFolder();
  const path = await folder.fifo('f');
  const log = createLogger({ destination: path, maxBuffered: 16_384, flushTimeout: '20s' });
  const reading = text(createReadStream(path));
  let logged = 0;
  for (let round = 0; round < 60; round++) {
    for (let end = logged + 300; logged < end; logged++) log.info('line', { n: logged });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await log.close();
  let next = 0;
  for (const { n, dropped } of entries(await reading)) {
    if (dropped !== undefined) next += dropped as number;
    else assert.equal(n, next++);
  }
  assert.equal(next, logged);
});

test('when the reader of a FIFO goes, the next one gets whole lines', async () => {
  await using folder = await temporaryFolder();
  const path = await folder.fifo('f');
  const log = createLogger({ destination: path, flushTimeout: '20s' });
  const more = 'x'.repeat(1000);
  for (let n = 0; n < 1000; n++) log.info('line', { n, more });
  const first = createReadStream(path, { highWaterMark: 10_000 });
  for await (const _ of first) {
    // Meanwhile the room that was read free is filled again, up to the middle of a line.
    await wait(100);
    break;
  }
  await released(path);
  const reading = text(createReadStream(path));
  await log.close();
  const seen = entries(await reading);
  assert.ok(seen.length > 800, `${seen.length} lines`);
  assert.equal(seen.at(-1)?.n, 999);
  seen.reduce((before, entry) => {
    assert.equal(entry.n, (before.n as number) + 1);
    return entry;
  });
  assert.deepEqual(log.statistics(), { written: 1000, dropped: 0, buffered: 0 });
});

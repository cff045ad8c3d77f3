import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layFrame } from '../../src/panel/frame.ts';
import { layStatus } from '../../src/panel/status-line.ts';
import { renderLine } from '../../src/text/line.ts';
import { noPaint } from '../../src/text/paint.ts';
import { textWidth } from '../../src/text/width.ts';
import { progressOf } from './progress.ts';

const TITLE = { verb: 'fetch', list: 'urls.txt', runId: '7f3a2c1b-0000-4000-8000-000000000000' };

function frame(columns: number, rows = 24, changes = {}, title = TITLE): string[] {
  return layFrame(title, progressOf(changes), { columns, rows }).map((line) => renderLine(line, columns, noPaint));
}

test('the panel at 40 columns wraps its numbers and keeps three columns of its table', () => {
  assert.deepEqual(frame(40), [
    'fetch urls.txt  run 7f3a2c1b        0:12',
    '━━━━━━━━━━━━──────── 1,234/2,000  61.7 %',
    '312/s   ETA 3 s   in flight 48/256',
    'waiting to retry 12',
    'p50 14 ms   p95 310 ms   p99 1.8 s',
    'ok 1,200   client 20   server 14',
    '',
    'slowest hosts    mean  not ok',
    'slow.example   640 ms       0',
    'api.example     81 ms      34',
  ]);
});

const WIDE_BODY = [
  '312/s   ETA 3 s   in flight 48/256   waiting to retry 12',
  'p50 14 ms   p95 310 ms   p99 1.8 s',
  'ok 1,200   client 20   server 14',
  '',
  'slowest hosts    mean  in flight  waiting  attempts  not ok',
  'slow.example   640 ms         16       32       100       0',
  'api.example     81 ms         32      668     1,200      34',
];

test('the panel at 80 columns', () => {
  assert.deepEqual(frame(80), [
    'fetch urls.txt  run 7f3a2c1b                                                0:12',
    '━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━─────────────────────── 1,234/2,000  61.7 %',
    ...WIDE_BODY,
  ]);
});

test('the panel at 160 columns', () => {
  assert.deepEqual(frame(160), [
    `fetch urls.txt  run 7f3a2c1b${' '.repeat(128)}0:12`,
    `${'━'.repeat(86)}${'─'.repeat(54)} 1,234/2,000  61.7 %`,
    ...WIDE_BODY,
  ]);
});

test('the bar is exact to half a column', () => {
  assert.equal(frame(40, 24, { settled: 1010 })[1], '━━━━━━━━━━────────── 1,010/2,000  50.5 %');
  assert.equal(frame(40, 24, { settled: 1060 })[1], '━━━━━━━━━━╸───────── 1,060/2,000  53.0 %');
  assert.equal(frame(40, 24, { settled: 2000 })[1], '━━━━━━━━━━━━━━━━━━━━━ 2,000/2,000  100 %');
});

test('where there are few rows the hosts go first', () => {
  assert.equal(frame(80, 9).at(-1), 'slow.example   640 ms         16       32       100       0');
  assert.equal(frame(80, 8).at(-1), 'ok 1,200   client 20   server 14');
});

test('a run that is being stopped shows the countdown under its bar', () => {
  const lines = frame(80, 24, { phase: 'draining', drainLeftMs: 7300 });
  assert.equal(lines[2], 'stopping: 48 in flight may finish for 8 s; Ctrl-C again cuts them');
});

test('a run that cannot record anything says why, and what to do, however narrow the terminal is', () => {
  const stall = 'ledger a.run.db: no space is left for it; free some, and it goes on by itself';
  assert.deepEqual(frame(80, 24, { stall }).slice(2, 4), [
    'waiting: ledger a.run.db: no space is left for it; free some, and it goes on by',
    'itself',
  ]);
  assert.equal(frame(30, 24, { stall })[2], 'waiting: ledger a.run.db: no');
  assert.match(
    renderLine(layStatus(progressOf({ stall })), 200, noPaint),
    / {2}waiting: ledger a.run.db: .* by itself$/,
  );
});

test('a list without a known end has no bar and no time left', () => {
  assert.deepEqual(frame(80, 24, { total: null, etaMs: null }).slice(1, 3), [
    '1,234 settled  700 read ahead',
    '312/s   in flight 48/256   waiting to retry 12',
  ]);
});

test('nothing that a list or a server names can send an escape to the terminal', () => {
  const hosts = [
    { host: 'evil\x1b[2J.example', inFlight: 0, waiting: 0, attempts: 1, failures: 1, meanMs: 1, gate: null },
  ];
  const text = frame(80, 24, { hosts }, { ...TITLE, list: '\x1b]0;title\x07.txt' }).join('\n');
  assert.ok(!text.includes('\x1b') && !text.includes('\x07'));
  assert.match(text, /evil\\x1b\[2J\.example/);
  assert.match(text, /\\x1b\]0;title\\x07\.txt/);
});

test('a frame fits its terminal whatever the numbers are', () => {
  const count = fc.integer({ min: 0, max: 100_000_000 });
  const hosts = fc.array(
    fc.record({
      host: fc.string({ unit: 'binary', maxLength: 80 }),
      inFlight: count,
      waiting: count,
      attempts: count,
      failures: count,
      meanMs: count,
      gate: fc.option(
        fc.record({
          limit: fc.nat(),
          inFlight: fc.nat(),
          perSecond: fc.constant(null),
          why: fc.constant('concurrency' as const),
          opensInMs: fc.constant(null),
        }),
      ),
    }),
    { maxLength: 10 },
  );
  const changes = fc.record({ settled: count, inFlight: count, waitingForRetry: count, hosts });
  const size = fc.record({ columns: fc.integer({ min: 40, max: 200 }), rows: fc.integer({ min: 4, max: 60 }) });
  fc.assert(
    fc.property(changes, size, fc.string({ maxLength: 300 }), (change, { columns, rows }, list) => {
      const lines = layFrame({ ...TITLE, list }, progressOf({ ...change, total: 100_000_000 }), { columns, rows });
      assert.ok(lines.length < rows, `${lines.length} lines on ${rows} rows`);
      for (const line of lines) assert.ok(textWidth(renderLine(line, columns, noPaint)) <= columns);
    }),
  );
});

test('the status line says in one line what the panel says', () => {
  assert.equal(
    renderLine(layStatus(progressOf()), 200, noPaint),
    '1,234/2,000 (61.7 %)  312/s  ETA 3 s  in flight 48/256  waiting to retry 12  ok 1,200  client 20  server 14',
  );
  assert.match(
    renderLine(layStatus(progressOf({ phase: 'draining', drainLeftMs: 900 })), 200, noPaint),
    /stopping, 1 s left$/,
  );
});

import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { run } from '@sluice/core';
import { defineJob, from, type InDoubtPolicy, type Job } from '@sluice/engine';
import { type MockEvent, MockTransport, mockReply, TransportFailure } from '@sluice/http';
import { LedgerError } from '@sluice/ledger';
import { ActiveRun } from '../../src/run/active-run.ts';
import { OwnAttempts } from '../../src/run/attempt-maker.ts';
import { Counters } from '../../src/run/counters.ts';
import { GateSettings } from '../../src/run/gate-settings.ts';
import { makeTools } from '../../src/run/make-tools.ts';
import { openRun } from '../../src/run/open-run.ts';
import { RunLoop } from '../../src/run/run-loop.ts';
import { seededRandom } from '../../src/run/seeded-random.ts';
import { type LocalLedger, openLocalLedger } from './local-ledger.ts';
import { VirtualTime } from './virtual-time.ts';

/** More events than any life of a process takes. */
const ENDLESS = 200_000;
/** A disk may be full whenever a run has to end. */
const MOST_LIVES = 20;

/** A world that one number makes: a list, a job, servers that fail in many ways, a disk that does, and moments at which the process dies. */
interface World {
  readonly items: number;
  readonly method: 'GET' | 'POST';
  readonly concurrency: number;
  readonly hosts: number;
  readonly faultPercent: number;
  readonly refusedPercent: number;
  /** After so many events of a life it ends; the last life has no such number. */
  readonly deaths: readonly number[];
}

/** What came of it. */
export interface SimulatedRun {
  /** Every request that a server got, with its moment, and every item's end: two runs of a seed have the same. */
  readonly trace: readonly string[];
  readonly events: number;
}

/** Plays the world of a seed to its end, and holds what the engine promises against what the servers and the ledger say. */
export async function simulateRun(seed: number, path: string): Promise<SimulatedRun> {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) if (existsSync(file)) rmSync(file);
  const random = seededRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const world: World = {
    items: 10 + below(50),
    method: random() < 0.5 ? 'GET' : 'POST',
    concurrency: 1 + below(12),
    hosts: 1 + below(4),
    faultPercent: below(50),
    refusedPercent: random() < 0.3 ? below(20) : 0,
    deaths: Array.from({ length: below(4) }, () => 1 + below(600)),
  };
  using time = new VirtualTime();
  const trace: string[] = [];
  const hits = new Map<string, number>();
  const seen = (key: string): void => {
    hits.set(key, (hits.get(key) ?? 0) + 1);
    trace.push(`${time.nowMs.toFixed(3)} ${world.method} ${key}`);
  };

  let atRisk = 0;
  const live = async (mostEvents: number, inDoubt: InDoubtPolicy): Promise<boolean> => {
    let local: LocalLedger | undefined;
    const before = hitsIn(hits);
    const recordedBefore = existsSync(path) ? recordedRequests(path) : 0;
    const program = run(
      () =>
        begin(makeJob(world, random, seen), path, inDoubt, (options) => {
          local = openLocalLedger(path, options, random, world.refusedPercent);
          return local;
        }),
      { handleSignals: false },
    );
    let hasEnded = false;
    try {
      hasEnded = await time.drive(program, mostEvents);
    } catch (error) {
      // The disk was full when the run had to end: it stopped, and can be gone on with.
      if (!(error instanceof LedgerError && error.code === 'SLUICE_LEDGER_FULL')) throw error;
    }
    if (!hasEnded) {
      time.kill();
      local?.kill();
    }
    if (existsSync(path)) atRisk += hitsIn(hits) - before - (recordedRequests(path) - recordedBefore);
    return hasEnded;
  };
  let isComplete = false;
  for (const events of world.deaths) isComplete ||= await live(events, 'hold');
  for (let more = 0; !isComplete && more < MOST_LIVES; more++) isComplete = await live(ENDLESS, 'hold');
  assert.ok(isComplete, 'the run comes to its end');

  using database = new DatabaseSync(path);
  const rows = (sql: string) => database.prepare(sql).all() as Record<string, never>[];
  assert.deepEqual(
    rows('PRAGMA integrity_check').map((row) => Object.values(row)[0]),
    ['ok'],
  );
  const outcomes = rows('SELECT key, state, class, attempts, position FROM outcome ORDER BY key') as unknown as {
    readonly key: string;
    readonly state: string;
    readonly class: string;
    readonly attempts: number;
    readonly position: number | null;
  }[];
  assert.equal(new Set(outcomes.map(({ key }) => key)).size, outcomes.length, 'one outcome a key');
  assert.equal(outcomes.filter(({ position }) => position !== null).length, world.items, 'no item of the list is lost');
  for (const { key, state } of outcomes)
    assert.ok(['done', 'failed', 'in-doubt'].includes(state), `${key} is ${state} though the run has ended`);
  assert.equal(
    recordedRequests(path) + atRisk,
    hitsIn(hits),
    'every request but those of the moments of death is recorded',
  );
  for (const { key, state } of outcomes) {
    if (state === 'done') assert.ok(hits.has(key), `${key} is done, but was never asked for`);
    if (world.method === 'GET') assert.notEqual(state, 'in-doubt', 'what may be repeated is never in doubt');
  }
  const parents = outcomes.filter(({ state, position }) => state === 'done' && position !== null && position % 5 === 0);
  for (const { key } of parents)
    assert.ok(
      outcomes.some((other) => other.key === `${key}/child`),
      `what ${key} emitted is there with its outcome`,
    );
  if (world.method === 'POST') checkPosts(path, hits);
  for (const { key, state, class: outcomeClass, attempts } of outcomes)
    trace.push(`${key} ${state} ${outcomeClass} ${attempts}`);
  return { trace, events: time.events };
}

/** A POST goes out again only when the server has said no to it, or nothing of it was sent. */
function checkPosts(path: string, hits: ReadonlyMap<string, number>): void {
  using database = new DatabaseSync(path);
  const attempts = database
    .prepare('SELECT item.key AS key, attempt.class AS class FROM attempt JOIN item ON item.id = attempt.item')
    .all() as unknown as { readonly key: string; readonly class: string | null }[];
  const effects = new Map<string, number>();
  for (const { key, class: outcomeClass } of attempts) {
    const mayHaveActed = outcomeClass === 'ok' || outcomeClass === 'in-doubt' || outcomeClass === null;
    if (mayHaveActed) effects.set(key, (effects.get(key) ?? 0) + 1);
  }
  for (const [key, count] of effects) assert.ok(count <= 1, `${key} may have had its effect ${count} times`);
  // Each attempt makes one request, and is written down before.
  for (const [key, count] of hits) {
    const announced = attempts.filter((attempt) => attempt.key === key).length;
    assert.ok(count <= announced, `${key} was posted ${count} times in ${announced} attempts that are known`);
  }
}

function makeJob(world: World, random: () => number, seen: (key: string) => void): Job<string, unknown> {
  const { items, method, concurrency, hosts, faultPercent } = world;
  const transport = new MockTransport((request) => {
    const key = `${request.origin}${request.path}`;
    return answer(random, faultPercent, () => seen(key));
  });
  return defineJob<string, unknown>({
    source: from.iterable(Array.from({ length: items }, (_, index) => `http://host${index % hosts}.example/${index}`)),
    idempotent: method === 'GET',
    concurrency,
    perHost: 'auto',
    timeout: '5s',
    retry: { initial: '100ms', max: '2s', throttled: { maxWait: '1m' } },
    definition: {},
    http: { transport, timeout: '3s' },
    key: (url) => url,
    async step(url, { http, emit, position }) {
      const reply = await http.request(method, url);
      if (position !== null && position % 5 === 0) emit(`${url}/child`);
      return reply.status;
    },
  });
}

function* answer(random: () => number, faultPercent: number, seen: () => void): Generator<MockEvent> {
  const delay = (): MockEvent => ({ type: 'delay', ms: 1 + random() * 50 });
  const isFaulty = random() * 100 < faultPercent;
  const kind = isFaulty ? Math.floor(random() * 7) : -1;
  yield { type: 'connecting', phase: 'connect' };
  yield delay();
  if (kind === 0) {
    yield { type: 'error', error: new TransportFailure('connect', 'refused') };
    return;
  }
  seen();
  yield { type: 'sent', address: '192.0.2.1:80' };
  yield delay();
  if (kind === 1) yield { type: 'error', error: new TransportFailure('reset', 'reset') };
  // It never answers.
  else if (kind === 2) return;
  else if (kind === 3) {
    yield { type: 'headers', status: 200, headers: ['content-length', '10'] };
    yield { type: 'data', chunk: 'half' };
    yield delay();
    yield { type: 'error', error: new TransportFailure('reset', 'reset') };
  } else {
    const status = kind === 4 ? 503 : kind === 5 ? 429 : kind === 6 ? 404 : 200;
    const [, , ...rest] = mockReply(status, '{}', status === 429 ? ['retry-after', '1'] : []);
    yield* rest;
  }
}

/** What startRun does, with another ledger. */
async function begin(
  job: Job<string, unknown>,
  path: string,
  inDoubt: InDoubtPolicy,
  open: (options: Parameters<typeof openLocalLedger>[1]) => LocalLedger,
): Promise<void> {
  const { options } = job;
  const settings = new GateSettings(options);
  const attempts = new OwnAttempts(options, makeTools(options, `${path}.log`));
  const opened = await openRun(options, { ledger: path, seed: 1, inDoubt }, async (_, how) => open(how ?? {}).ledger);
  const { ledger } = opened;
  const counters = new Counters(await ledger.counts());
  const random = seededRandom(ledger.run.seed + counters.settled);
  const ground = { ...opened, job: options, attempts, counters, settings, graceMs: 1000 };
  const loop = new RunLoop<string, unknown>({ ...ground, random });
  await new ActiveRun({ ...ground, loop, signal: undefined }).finished;
}

function recordedRequests(path: string): number {
  using database = new DatabaseSync(path);
  return Number(database.prepare('SELECT coalesce(sum(requests), 0) AS n FROM attempt').get()!.n);
}

function hitsIn(hits: ReadonlyMap<string, number>): number {
  return [...hits.values()].reduce((sum, count) => sum + count, 0);
}

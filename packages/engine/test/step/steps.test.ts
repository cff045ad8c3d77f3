import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineJob, from, type Step } from '@sluice/engine';
import { testStep } from '@sluice/engine/testing';
import { MockTransport, mockReply, type Reply } from '@sluice/http';
import { startLab } from '@sluice/lab';
import { allOf } from '../support/all-of.ts';
import { gaugeServer } from '../support/gauge-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const QUICK = { initial: '1ms', step: 3 } as const;

test('a step of several requests whose second fails is not repeated once its first POST was answered', async () => {
  await using folder = await temporaryFolder();
  for (const [name, second] of [
    ['reset', 'GET'],
    ['reset', 'POST'],
    ['500', 'GET'],
    ['500', 'POST'],
    ['404', 'GET'],
  ] as const) {
    await using server = await gaugeServer((request, response) => {
      if (request.url === '/first') response.end('{}');
      else if (name === 'reset') request.socket.resetAndDestroy();
      else response.writeHead(Number(name)).end();
    });
    const job = defineJob({
      source: from.iterable(['one']),
      retry: QUICK,
      step: async (_, { http }) => {
        await http.post(`${server.url}/first`);
        await http.request(second, `${server.url}/second`);
      },
    });
    const report = await job.run({ ledger: folder.path(`${name}-${second}.db`) });
    const [outcome] = await allOf(report.outcomes());
    assert.deepEqual([outcome?.state, outcome?.attempts, report.held], ['in-doubt', 1, 1], `${name} ${second}`);
    assert.equal(server.count('POST /first'), 1);
  }
});

test('a POST that is refused by its own answer is repeated; one that got no answer is held', async () => {
  await using folder = await temporaryFolder();
  let posts = 0;
  await using server = await gaugeServer((request, response) => {
    if (request.url === '/lost') request.socket.resetAndDestroy();
    else if (posts++ === 0) response.writeHead(503).end();
    else response.end('{}');
  });
  const job = defineJob({
    source: from.iterable([`${server.url}/busy`, `${server.url}/lost`]),
    retry: QUICK,
    step: async (url, { http }) => (await http.post(url, { json: {} })).status,
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ state, class: name, attempts, value }) => [state, name, attempts, value]),
    [
      ['done', 'ok', 2, 200],
      ['in-doubt', 'in-doubt', 1, undefined],
    ],
  );
  assert.equal(server.count('POST /lost'), 1);
});

test('a step that only reads, or sends an idempotency key, is repeated after a reset without being declared idempotent', async () => {
  await using folder = await temporaryFolder();
  const seen = new Map<string, number>();
  await using server = await gaugeServer((request, response) => {
    const times = (seen.get(request.url!) ?? 0) + 1;
    seen.set(request.url!, times);
    if (times === 1) request.socket.resetAndDestroy();
    else response.end('{}');
  });
  const job = defineJob({
    source: from.iterable(['read', 'keyed']),
    retry: QUICK,
    step: async (name, { http, key }) => {
      if (name === 'read') await http.get(`${server.url}/read`);
      else await http.post(`${server.url}/keyed`, { idempotencyKey: key });
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.progress.done, report.held], [2, 0]);
});

test('a crawl: every page that a step emits is visited once, however often it is linked to', async () => {
  await using folder = await temporaryFolder();
  await using lab = await startLab();
  const job = defineJob({
    source: from.iterable([`${lab.url}/links/30/0`]),
    idempotent: true,
    step: async (url: string, { http, emit, position }) => {
      const page = (await http.get(url)).text();
      for (const [, path] of page.matchAll(/href="(\/links\/[^"]+)"/g)) emit(`${lab.url}${path}`);
      return position;
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  assert.deepEqual([report.state, report.progress.done], ['complete', 30]);
  assert.equal(report.progress.total, 30);
  assert.deepEqual([lab.hits.total, lab.hits.max()], [30, 1]);
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual([outcomes[0]?.position, outcomes[1]?.position, outcomes[1]?.value], [1, null, null]);
  assert.equal(new Set(outcomes.map(({ key }) => key)).size, 30);
  assert.equal(outcomes[1]?.host, new URL(lab.url).host);
});

test('emitted inputs come back as what they were: objects, numbers and texts that look like JSON', async () => {
  await using folder = await temporaryFolder();
  const inputs = [{ page: 2 }, 5, '5 apples', '{"a":1}', [1], null, true];
  const received: unknown[] = [];
  const job = defineJob<unknown, void>({
    source: from.iterable(['start']),
    idempotent: true,
    retry: QUICK,
    step: (input, { emit, position, attempt }) => {
      if (position === 1) {
        for (const each of inputs) emit(typeof each === 'string' ? each : { input: each });
        emit({ key: 'own key', input: 'own key' });
        emit({ key: '7', input: 7 });
      } else if (attempt === 1) throw new Error('once more');
      else received.push(input);
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  assert.equal(report.progress.failed, 0);
  const expected = [...inputs, 'own key', 7].map((input) => JSON.stringify(input));
  assert.deepEqual(received.map((input) => JSON.stringify(input)).sort(), expected.sort());
});

test('what cannot be emitted is an error of the step, and ends its item and nothing else', async () => {
  await using folder = await temporaryFolder();
  const bad: [unknown, string][] = [
    [{ key: '', input: 1 }, 'SLUICE_INPUT_KEY'],
    [{ key: 2 ** 60, input: 1 }, 'SLUICE_INPUT_KEY'],
    [{ key: {}, input: 1 }, 'SLUICE_INPUT_KEY'],
    [{ input: () => 1 }, 'SLUICE_INPUT_JSON'],
    ['', 'SLUICE_INPUT_KEY'],
  ];
  const job = defineJob<number, void>({
    source: from.iterable(bad.map((_, index) => index)),
    step: (index, { emit }) => emit(bad[index]![0] as string),
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ state, class: name, code }) => [state, name, code]),
    bad.map(([, code]) => ['failed', 'step', code]),
  );
});

test('what a step throws fails its item with its message, and what it returns is kept', async () => {
  await using folder = await temporaryFolder();
  const step: Step<string, unknown> = (name) => {
    if (name === 'throws') throw new RangeError('no such page');
    if (name === 'cyclic') {
      const cyclic: Record<string, unknown> = {};
      cyclic.self = cyclic;
      return cyclic;
    }
    if (name === 'nothing') return undefined;
    return Promise.resolve({ name, list: [1, null, 'ü'] });
  };
  const job = defineJob({ source: from.iterable(['value', 'throws', 'cyclic', 'nothing']), step });
  const report = await job.run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ state, class: name, code, value }) => [state, name, code, value]),
    [
      ['done', 'ok', null, { name: 'value', list: [1, null, 'ü'] }],
      ['failed', 'step', 'SLUICE_STEP', undefined],
      ['failed', 'step', 'SLUICE_VALUE_NOT_JSON', undefined],
      ['done', 'ok', null, undefined],
    ],
  );
  assert.equal(outcomes[1]?.message, 'RangeError: no such page');
});

test('a step that waits for something that never comes is left behind at its deadline, and can do nothing more', async () => {
  await using folder = await temporaryFolder();
  await using server = await gaugeServer((_, response) => void response.end());
  const late = Promise.withResolvers<void>();
  const tried: string[] = [];
  const ended = Promise.withResolvers<void>();
  const job = defineJob({
    source: from.iterable(['hangs', 'works']),
    concurrency: 1,
    timeout: '1s',
    step: async (name, { http, emit }) => {
      if (name === 'works') {
        // The run goes on, and its session is open.
        late.resolve();
        await ended.promise;
        return;
      }
      await late.promise;
      await http.post(`${server.url}/late`).catch((error: Error & { code: string }) => tried.push(error.code));
      try {
        emit('late');
      } catch (error) {
        tried.push((error as { code: string }).code);
      }
      ended.resolve();
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  const outcomes = await allOf(report.outcomes());
  assert.deepEqual(
    outcomes.map(({ key, state, class: name }) => [key, state, name]),
    [
      ['hangs', 'in-doubt', 'timeout'],
      ['works', 'done', 'ok'],
    ],
  );
  assert.deepEqual(tried, ['SLUICE_USAGE', 'SLUICE_USAGE']);
  assert.deepEqual(server.requests, []);
});

test('a step may clean up when its deadline has passed, before its item is judged', async () => {
  await using folder = await temporaryFolder();
  const events: string[] = [];
  const job = defineJob({
    source: from.iterable(['a']),
    idempotent: true,
    retry: { timeout: 0 },
    timeout: '50ms',
    step: async (_, { scope }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      scope.signal.addEventListener('abort', () => resolve());
      await promise;
      await new Promise((done) => setTimeout(done, 20));
      events.push('cleaned up');
      throw scope.signal.reason;
    },
  });
  const report = await job.run({ ledger: folder.path('a.db') });
  events.push('judged');
  assert.deepEqual(events, ['cleaned up', 'judged']);
  assert.deepEqual(report.progress.byClass, { timeout: 1 });
});

test('statuses that a step does not accept keep their class: 429 is throttled, 503 is the server', async () => {
  const classOf = async (status: number, headers: readonly string[] = []): Promise<string> => {
    const job = defineJob({
      source: from.iterable(['http://a.test/']),
      step: (url, { http }) => http.get(url, { accept: (given) => given === 204 || given === 404 }),
    });
    const transport = new MockTransport(() => mockReply(status, '', headers));
    return (await testStep(job, 'http://a.test/', { http: { transport } })).class;
  };
  assert.equal(await classOf(429), 'throttled');
  assert.equal(await classOf(503), 'server');
  assert.equal(await classOf(503, ['retry-after', '1']), 'throttled');
  assert.equal(await classOf(408), 'server');
  assert.equal(await classOf(403), 'client');
  assert.equal(await classOf(200), 'client');
  assert.equal(await classOf(204), 'ok');
});

test('testStep calls a step once, without a ledger, and says what it would have come to', async () => {
  const transport = new MockTransport(({ path }) => mockReply(path === '/a' ? 200 : 500, '{"n":1}'));
  const job = defineJob<string, unknown>({
    source: from.iterable(['/a']),
    http: { baseUrl: 'http://a.test', transport },
    step: async (path, { http, emit, attempt, key }) => {
      emit({ key: 'next', input: { from: path } });
      return [(await http.get(path)).json<{ n: number }>().n, attempt, key];
    },
  });
  const trial = await testStep(job, '/a', { attempt: 3, key: 'k' });
  assert.deepEqual(trial, {
    class: 'ok',
    code: null,
    message: null,
    value: [1, 3, 'k'],
    status: null,
    emits: [{ key: 'next', input: { from: '/a' } }],
    requests: 1,
  });
  const failure = await testStep(job, '/b', { http: { transport: new MockTransport(() => mockReply(500)) } });
  assert.deepEqual([failure.class, failure.status, failure.requests], ['server', 500, 1]);
});

test('a step without a request of its own may return the reply of another, and it is judged by its status', async () => {
  const job = defineJob<string, Reply>({
    source: from.iterable(['http://a.test/']),
    step: (url, { http }) => http.get(url, { accept: () => true }),
  });
  const trial = await testStep(job, 'http://a.test/', { http: { transport: new MockTransport(() => mockReply(404)) } });
  assert.deepEqual([trial.class, trial.code, trial.status], ['client', 'HTTP_404', 404]);
});

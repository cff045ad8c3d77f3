import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineJob, from } from '@sluice/engine';
import { startLab } from '@sluice/lab';
import { begin, send, until, untilState } from '../support/client.ts';
import { startService } from '../support/with-service.ts';

const RUNS = '/api/v1/runs';
const ITEMS = 5000;

/** Numbers whose thirds emit an item, and whose sevenths fail. */
const numbers = defineJob({
  kind: 'numbers',
  source: from.iterable(Array.from({ length: ITEMS }, (_, n) => n)),
  idempotent: true,
  key: (n) => `number ${n}`,
  step: async (n, { emit }) => {
    if (n % 7 === 0) throw new Error(`no luck with ${n}`);
    if (n < 30 && n % 3 === 1) emit({ key: `emitted ${n}`, input: 1 });
    return { n, text: 'x'.repeat(200) };
  },
});

test('outcomes are paged without gaps or doubles, filtered, and streamed as lines', async (t) => {
  await using service = await startService({ jobs: { numbers } });
  const { json: submitted } = await send(service.url, 'POST', RUNS, { json: { job: 'numbers' } });
  const run = await untilState(service.url, submitted.id, 'complete');
  const path = `${RUNS}/${run.id}/outcomes`;

  await t.test('all pages together are all items, the list first, then what was emitted', async () => {
    const positions: (number | null)[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { outcomes: { position: number | null }[]; next: string | null } = (
        await send(service.url, 'GET', `${path}?limit=700${cursor === '' ? '' : `&cursor=${cursor}`}`)
      ).json;
      positions.push(...page.outcomes.map((outcome) => outcome.position));
      cursor = page.next;
    }
    assert.deepEqual(
      positions.slice(0, ITEMS),
      Array.from({ length: ITEMS }, (_, n) => n + 1),
    );
    assert.ok(positions.slice(ITEMS).every((position) => position === null));
    assert.equal(positions.length, run.progress.settled);
  });

  await t.test('a filter takes what it names', async () => {
    const failed = await send(service.url, 'GET', `${path}?state=failed&class=step&limit=1000`);
    assert.equal(failed.json.outcomes.length, run.progress.failed);
    assert.equal(failed.json.outcomes[1].message, 'no luck with 7');
    assert.equal((await send(service.url, 'GET', `${path}?host=nowhere`)).json.outcomes.length, 0);
  });

  await t.test('as lines they come whole', async () => {
    const answer = await send(service.url, 'GET', `${path}?body=true`, { headers: { accept: 'application/x-ndjson' } });
    assert.equal(answer.headers['content-type'], 'application/x-ndjson');
    const lines = answer.text.trimEnd().split('\n');
    assert.equal(lines.length, run.progress.settled);
    assert.equal(JSON.parse(lines[1]!).value.n, 1);
  });

  await t.test('a reader that goes away in the middle frees its place', async () => {
    const headers = { accept: 'application/x-ndjson' };
    for (let round = 0; round < 10; round++) {
      const response = await begin(service.url, { path: `${path}?body=true`, headers });
      assert.equal(response.statusCode, 200, `round ${round}`);
      response.destroy();
      await until(() => response.destroyed, 'the response to end');
    }
    const held = await Promise.all(
      Array.from({ length: 8 }, () => begin(service.url, { path: `${path}?body=true`, headers })),
    );
    const refused = held.filter((response) => response.statusCode === 503);
    for (const response of held) response.destroy();
    assert.ok(refused.length < 8);
    for (let tries = 0; tries < 100; tries++) {
      if ((await send(service.url, 'GET', path)).status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail('the places of readers that went away were not freed');
  });

  await t.test('queries that make no sense are refused', async () => {
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      'cursor=x',
      'cursor=1;drop',
      'state=nope',
      'class=nope',
      'body=maybe',
      'order=key',
    ]) {
      assert.equal((await send(service.url, 'GET', `${path}?${query}`)).status, 400, query);
    }
  });
});

test('bodies come as text where they are text, as bytes where they are not, and not at all where they are large', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const urls = [`${lab.url}/html`, `${lab.url}/bytes/2000?seed=3`, `${lab.url}/bytes/2000000`];
  const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', urls } });
  await untilState(service.url, json.id, 'complete');
  const { outcomes } = (await send(service.url, 'GET', `${RUNS}/${json.id}/outcomes?body=true`)).json;
  assert.match(outcomes[0].text, /<html/i);
  assert.equal(Buffer.from(outcomes[1].bodyBase64, 'base64').length, 2000);
  assert.deepEqual(
    [outcomes[2].bodyBytes, outcomes[2].text, outcomes[2].bodyBase64],
    [2_000_000, undefined, undefined],
  );
});

test('a run that waits for its turn has no outcomes yet, and that is no error', async () => {
  await using lab = await startLab();
  await using service = await startService({ maxRuns: 1, grace: 0 });
  await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', urls: [`${lab.url}/delay/20`] } });
  const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', urls: [`${lab.url}/get`] } });
  assert.deepEqual((await send(service.url, 'GET', `${RUNS}/${json.id}/outcomes`)).json, { outcomes: [], next: null });
  assert.deepEqual((await send(service.url, 'GET', `${RUNS}/${json.id}/failures`)).json, { clusters: [] });
  const lines = await send(service.url, 'GET', `${RUNS}/${json.id}/outcomes`, {
    headers: { accept: 'application/x-ndjson' },
  });
  assert.deepEqual([lines.status, lines.text], [200, '']);
});

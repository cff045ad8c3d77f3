import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLab } from '@sluice/lab';
import { begin, send, until, untilState } from '../support/client.ts';
import { readEvents, type ServerEvent } from '../support/read-events.ts';
import { startService } from '../support/with-service.ts';

const RUNS = '/api/v1/runs';

function urls(base: string, count: number, seconds: number): string[] {
  return Array.from({ length: count }, (_, n) => `${base}/delay/${seconds}?n=${n}`);
}

test('a listener is told of states and progress until the run has ended, and then not to come back', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const { json } = await send(service.url, 'POST', RUNS, {
    json: { verb: 'fetch', urls: urls(lab.url, 12, 0.25), perHost: 2 },
  });
  const path = `${RUNS}/${json.id}/events`;
  const response = await begin(service.url, { path });
  assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
  const events: ServerEvent[] = await Array.fromAsync(readEvents(response));
  const states = events.filter((event) => event.event === 'state');
  assert.deepEqual(
    states.map((event) => event.data.state),
    ['running', 'complete'],
  );
  const settled = events.filter((event) => event.event === 'progress').map((event) => event.data.settled);
  assert.ok(settled.length >= 3, `progress was told ${settled.length} times`);
  assert.deepEqual(
    settled,
    [...settled].sort((a, b) => a - b),
  );
  assert.equal(settled.at(-1), 12);
  assert.deepEqual([events.at(-1)!.event, events.at(-1)!.data], ['end', { state: 'complete' }]);

  const lastId = states.at(-1)!.id!;
  const again = await send(service.url, 'GET', path, { headers: { 'last-event-id': lastId } });
  assert.equal(again.status, 204);
  const missed = await begin(service.url, { path, headers: { 'last-event-id': states[0]!.id! } });
  const told = await Array.fromAsync(readEvents(missed));
  assert.deepEqual([told[0]!.event, told[0]!.id, told[0]!.data.state], ['state', lastId, 'complete']);
});

test('changes that were missed are told in their order, with the ids that they had', async () => {
  await using lab = await startLab();
  await using service = await startService({ grace: '5s' });
  const { json } = await send(service.url, 'POST', RUNS, {
    json: { verb: 'fetch', urls: urls(lab.url, 6, 0.2), perHost: 1 },
  });
  const path = `${RUNS}/${json.id}/events`;
  const response = await begin(service.url, { path });
  const reading = readEvents(response);
  const first = (await reading.next()).value as ServerEvent;
  response.destroy();
  await until(() => lab.hits.total > 0, 'a request');
  await send(service.url, 'POST', `${RUNS}/${json.id}/stop`);
  await untilState(service.url, json.id, 'stopped');
  await send(service.url, 'POST', `${RUNS}/${json.id}/resume`);
  await untilState(service.url, json.id, 'complete');
  const missed = await begin(service.url, { path, headers: { 'last-event-id': first.id! } });
  const states = (await Array.fromAsync(readEvents(missed))).filter((event) => event.event === 'state');
  assert.deepEqual(
    states.map((event) => event.data.state),
    ['draining', 'stopped', 'queued', 'running', 'complete'],
  );
  assert.equal(new Set(states.map((event) => event.id)).size, 5);
});

test('a listener that goes away, and one that never reads, cost nothing that stays', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const { json } = await send(service.url, 'POST', RUNS, {
    json: { verb: 'fetch', urls: urls(lab.url, 200, 0.05), perHost: 4 },
  });
  const connections = (): Promise<number> =>
    new Promise((resolve) => service.app.server.getConnections((_error, count) => resolve(count)));
  const listeners = await Promise.all(
    Array.from({ length: 20 }, () => begin(service.url, { path: `${RUNS}/${json.id}/events` })),
  );
  const idle = await begin(service.url, { path: '/api/v1/events' });
  for (const listener of listeners) listener.destroy();
  await until(() => listeners.every((listener) => listener.destroyed), 'the listeners to go');
  let open = await connections();
  for (let tries = 0; open > 1 && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    open = await connections();
  }
  assert.equal(open, 1, 'only the one that never reads is left');
  await untilState(service.url, json.id, 'complete');
  idle.destroy();
});

test('everyone who listens to all runs hears of new, changed and deleted ones', async () => {
  await using lab = await startLab();
  await using service = await startService();
  const response = await begin(service.url, { path: '/api/v1/events' });
  const states: string[] = [];
  let removed: string | undefined;
  const reading = (async () => {
    for await (const { event, data } of readEvents(response)) {
      if (event === 'run' && states.at(-1) !== data.state) states.push(data.state);
      if (event === 'removed') removed = data.id;
    }
  })();
  const { json } = await send(service.url, 'POST', RUNS, { json: { verb: 'fetch', urls: urls(lab.url, 2, 0.1) } });
  await until(() => states.includes('complete'), 'the end of the run to be told');
  await send(service.url, 'DELETE', `${RUNS}/${json.id}`);
  await until(() => removed !== undefined, 'the deletion to be told');
  assert.equal(removed, json.id);
  assert.deepEqual(states, ['running', 'complete']);
  // Closing the service ends the stream in order.
  await service.close();
  await reading;
});

test('events of a run that does not exist are refused like any other request for it', async () => {
  await using service = await startService();
  const answer = await send(service.url, 'GET', `${RUNS}/nothing/events`);
  assert.deepEqual([answer.status, answer.json.code], [404, 'SLUICE_SERVICE_NO_RUN']);
});

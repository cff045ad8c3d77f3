import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { moveOnAfter } from '@sluice/core';
import { ATTEMPT_CHANNELS, type Attempt, Session } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';

/** Listens on all channels until it is disposed of. */
function listen(onMessage: (event: keyof typeof ATTEMPT_CHANNELS, attempt: Attempt) => void): Disposable {
  const listeners = Object.entries(ATTEMPT_CHANNELS).map(([event, name]) => {
    const listener = (message: unknown): void => onMessage(event as keyof typeof ATTEMPT_CHANNELS, message as Attempt);
    subscribe(name, listener);
    return () => unsubscribe(name, listener);
  });
  return { [Symbol.dispose]: () => listeners.forEach((stop) => void stop()) };
}

test('the channels have the names that are documented', () => {
  assert.deepEqual(ATTEMPT_CHANNELS, {
    start: 'sluice:http:attempt:start',
    end: 'sluice:http:attempt:end',
    error: 'sluice:http:attempt:error',
  });
});

test('each attempt begins once and ends once, and a listener can set headers', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/from') socket.write(response(302, ['location: /to']));
    else socket.write(response(200, [], headerOf(request, 'traceparent') ?? 'none'));
  });
  const seen: string[] = [];
  await using session = new Session();
  {
    using _ = listen((event, attempt) => {
      if (event === 'start') attempt.setHeader('traceparent', `trace-${attempt.resendCount}`);
      seen.push(`${event} ${new URL(attempt.url).pathname} ${attempt.status ?? '-'} ${attempt.durationMs > 0}`);
    });
    assert.equal((await session.get(`${server.url}/from`)).text(), 'trace-1');
    await failureOf(session.get('http://127.0.0.1:1/gone'));
    assert.ok(
      (await moveOnAfter('1s', () => failureOf(session.get('https://user:pw@127.0.0.1:1/x#y')))).timedOut === false,
    );
  }
  assert.equal((await session.get(`${server.url}/to`)).text(), 'none');
  assert.deepEqual(seen, [
    'start /from - false',
    'end /from 302 true',
    'start /to - false',
    'end /to 200 true',
    'start /gone - false',
    'error /gone - true',
    'start /x - false',
    'error /x - true',
  ]);
});

test('the URL of an attempt has no user, no password and no fragment', async () => {
  const urls: string[] = [];
  using _ = listen((_event, { url, evidence }) => urls.push(url, evidence.url));
  await using session = new Session();
  await failureOf(session.get('http://user:pw@127.0.0.1:1/x?q=1#y'));
  assert.deepEqual(new Set(urls), new Set(['http://127.0.0.1:1/x?q=1']));
});

test('every attempt is told in the context of the caller', async () => {
  const storage = new AsyncLocalStorage<string>();
  const contexts: unknown[] = [];
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/to') socket.write(response(200, []));
    else socket.write(response(302, ['location: /to']));
  });
  using _ = listen(() => contexts.push(storage.getStore()));
  await using session = new Session();
  for (const name of ['a', 'b']) await storage.run(name, () => session.get(server.url));
  assert.deepEqual(contexts, ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b']);
});

test('a request that is cancelled ends with the reason, and listeners that come late miss nothing but its start', async () => {
  await using server = await rawServer(() => {});
  const errors: unknown[] = [];
  await using session = new Session();
  using _ = listen((event, { error }) => void (event === 'error' && errors.push(error)));
  assert.ok((await moveOnAfter('30ms', () => session.get(server.url))).timedOut);
  assert.deepEqual(
    errors.map((error) => (error as Error).name),
    ['CancelledError'],
  );
});

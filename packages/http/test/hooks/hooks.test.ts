import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { test } from 'node:test';
import { moveOnAfter } from '@sluice/core';
import { type Attempt, type AttemptHooks, Session, type SessionOptions } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';

/** What hooks saw, one line a call. */
function recorder(): { readonly seen: string[]; readonly hooks: AttemptHooks } {
  const seen: string[] = [];
  return {
    seen,
    hooks: {
      beforeAttempt: ({ method, url, resendCount }) => {
        seen.push(`before ${resendCount} ${method} ${new URL(url).pathname}`);
      },
      afterAttempt: ({ status, error, resendCount }) => {
        seen.push(`after ${resendCount} ${status ?? (error as { code?: string }).code ?? String(error)}`);
      },
    },
  };
}

test('hooks see every attempt of a request: redirects, and the retry on a new connection', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/from') socket.write(response(302, ['location: /to']));
    else if (request.number === 3) socket.destroy();
    else socket.write(response(200, [], 'there'));
  });
  const { seen, hooks } = recorder();
  await using session = new Session({ hooks });
  assert.equal((await session.get(`${server.url}/from`)).text(), 'there');
  assert.equal((await session.get(`${server.url}/closed`)).text(), 'there');
  assert.deepEqual(seen, [
    'before 0 GET /from',
    'after 0 302',
    'before 1 GET /to',
    'after 1 200',
    'before 0 GET /closed',
    'after 0 SLUICE_HTTP_CLOSED',
    'before 1 GET /closed',
    'after 1 200',
  ]);
});

test('an expired token is refreshed and the request sent again, a POST too, once', async () => {
  let token = 'old';
  await using server = await rawServer((socket, request) => {
    const isGood = headerOf(request, 'authorization') === 'Bearer new' && pathOf(request) !== '/never';
    socket.write(response(isGood ? 200 : 401, [], request.body));
  });
  const hooks: AttemptHooks = {
    beforeAttempt: async (attempt) => {
      await Promise.resolve();
      attempt.setHeader('Authorization', `Bearer ${token}`);
    },
    afterAttempt: async ({ status }) => {
      if (status !== 401) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
      token = 'new';
      return 'again';
    },
  };
  await using session = new Session({ hooks, bearer: 'overwritten' });
  const reply = await session.post(server.url, { body: 'once' });
  assert.deepEqual([reply.status, reply.text(), reply.evidence.requests], [200, 'once', 2]);
  assert.equal((await session.post(server.url, { body: 'x' })).evidence.requests, 1);
  const never = await session.get(`${server.url}/never`);
  assert.deepEqual([never.status, never.evidence.requests], [401, 2]);
});

test('a body that is gone and a streamed response are not asked for again', async () => {
  await using server = await rawServer((socket) => socket.write(response(401, [], 'no')));
  await using session = new Session({ hooks: { afterAttempt: () => 'again' } });
  const upload = {
    length: 1,
    chunks: async function* () {
      yield Buffer.from('x');
    },
  };
  assert.equal((await session.post(server.url, { body: upload })).evidence.requests, 1);
  const streamed = await session.stream(server.url);
  const body = Buffer.concat(await Array.fromAsync(streamed)).toString();
  assert.deepEqual([streamed.status, body, streamed.evidence.requests], [401, 'no', 1]);
});

test('a header is for its attempt alone, and credentials do not cross origins', async () => {
  const heads: string[] = [];
  await using other = await rawServer((socket, request) => {
    heads.push(request.head);
    socket.write(response(200, [], 'away'));
  });
  await using server = await rawServer((socket, request) => {
    heads.push(request.head);
    if (pathOf(request) === '/away') socket.write(response(302, [`location: ${other.url}/`]));
    else socket.write(response(200, []));
  });
  const away: boolean[] = [];
  const hooks: AttemptHooks = {
    beforeAttempt: (attempt) => {
      away.push(attempt.isAway);
      attempt.setHeader('authorization', 'secret');
      attempt.setHeader('Cookie', 'secret=1');
      attempt.setHeader('x-attempt', String(attempt.resendCount));
      if (away.length === 1) attempt.setHeader('x-first', 'yes');
    },
  };
  await using session = new Session({ hooks, allowPrivate: true });
  await session.get(`${server.url}/away`);
  assert.deepEqual(away, [false, true]);
  assert.match(heads[0]!, /^authorization: secret\r\n/m);
  assert.match(heads[0]!, /^x-first: yes/m);
  assert.doesNotMatch(heads[1]!, /secret|x-first/);
  assert.match(heads[1]!, /^x-attempt: 1/m);
});

for (const name of ['beforeAttempt', 'afterAttempt'] as const) {
  for (const isAsync of [false, true]) {
    test(`what ${name} throws is step, with its cause (${isAsync ? 'async' : 'sync'})`, async () => {
      await using server = await rawServer((socket) => socket.write(response(200, [], 'x')));
      const thrown = new Error('no token');
      const hook = isAsync
        ? async () => Promise.reject(thrown)
        : () => {
            throw thrown;
          };
      await using session = new Session({ hooks: { [name]: hook } });
      const error = await failureOf(session.get(server.url));
      assert.deepEqual([error.code, error.class, error.cause], ['SLUICE_HTTP_HOOK', 'step', thrown]);
      assert.equal(error.evidence.sent, name === 'afterAttempt');
      assert.match(error.message, new RegExp(`${name} threw: no token`));
      assert.deepEqual([server.requests.length, session.stats().inFlight], [name === 'afterAttempt' ? 1 : 0, 0]);
    });

    test(`${name} is bounded by the deadline and by cancelling (${isAsync ? 'with' : 'without'} a scope)`, async () => {
      await using server = await rawServer((socket) => socket.write(response(200, [], 'x')));
      const hooks = { [name]: () => new Promise<void>(() => {}) };
      await using session = new Session({ hooks });
      if (isAsync) {
        assert.ok((await moveOnAfter('50ms', () => session.get(server.url))).timedOut);
      } else {
        const error = await failureOf(session.get(server.url, { timeout: '50ms' }));
        assert.deepEqual([error.code, error.class], ['SLUICE_HTTP_TIMEOUT', 'timeout']);
        assert.match(error.message, new RegExp(name));
      }
      assert.equal(session.stats().inFlight, 0);
    });
  }
}

test('after a failure the failure stands, whatever the hook does', async () => {
  const original = ['SLUICE_HTTP_CONNECT', 'connect'];
  for (const afterAttempt of [
    () => 'again' as const,
    () => {
      throw new Error('from the hook');
    },
    async () => Promise.reject(new Error('from the hook')),
    () => new Promise<void>(() => {}),
  ]) {
    await using session = new Session({ hooks: { afterAttempt }, timeout: '100ms' });
    const error = await failureOf(session.get('http://127.0.0.1:1/'));
    assert.deepEqual([error.code, error.class], original);
  }
});

test('what a hook throws after a failure is a warning of the process', async () => {
  const warned = once(process, 'warning') as Promise<[Error]>;
  await using session = new Session({
    hooks: {
      afterAttempt: () => {
        throw new Error('lost?');
      },
    },
  });
  await failureOf(session.get('http://127.0.0.1:1/'));
  assert.match((await warned)[0].message, /afterAttempt threw after a failed attempt: lost\?/);
});

test('a header that cannot be sent ends the request before anything is sent', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ hooks: { beforeAttempt: (attempt) => attempt.setHeader('x', 'a\r\nb: c') } });
  const error = await failureOf(session.get(server.url));
  assert.deepEqual(
    [error.code, (error.cause as { code: string }).code],
    ['SLUICE_HTTP_HOOK', 'SLUICE_HTTP_BAD_HEADER'],
  );
  assert.equal(server.requests.length, 0);
});

test('headers cannot be set when the attempt is on its way', async () => {
  await using server = await rawServer((socket) => socket.write(response(200, [])));
  await using session = new Session({ hooks: { afterAttempt: (attempt) => attempt.setHeader('x', '1') } });
  const error = await failureOf(session.get(server.url));
  assert.equal((error.cause as { code: string }).code, 'SLUICE_USAGE');
});

test('hooks run in the context of the caller, each with the evidence of its own request', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/a') socket.write(response(302, ['location: /b']));
    else socket.write(response(200, []));
  });
  const storage = new AsyncLocalStorage<string>();
  const contexts: (string | undefined)[] = [];
  const attempts: Attempt[] = [];
  const note = (attempt: Attempt): void => {
    contexts.push(storage.getStore());
    attempts.push(attempt);
  };
  await using session = new Session({ hooks: { beforeAttempt: note, afterAttempt: note } });
  const reply = await storage.run('mine', () => session.get(`${server.url}/a`));
  assert.deepEqual(contexts, ['mine', 'mine', 'mine', 'mine']);
  for (const { evidence } of attempts) assert.equal(evidence, reply.evidence);
  assert.ok(attempts[1]!.durationMs > 0);
  assert.equal(attempts[1]!.headers!.get('location'), '/b');
});

test('a cancelled attempt is shown with the reason, and its hook is not waited for', async () => {
  await using server = await rawServer(() => {});
  const ends: unknown[] = [];
  const options: SessionOptions = { hooks: { afterAttempt: async ({ error }) => void ends.push(error) } };
  await using session = new Session(options);
  assert.ok((await moveOnAfter('50ms', () => session.get(server.url))).timedOut);
  assert.equal(ends.length, 1);
  assert.equal(server.openSockets.size <= 1, true);
});

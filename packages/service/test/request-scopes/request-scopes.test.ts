import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { CancelledError, gather, Semaphore, sleep, sleepForever, taskGroup } from '@sluice/core';
import Fastify, { type FastifyInstance } from 'fastify';
import { type RequestScopesOptions, requestScopes } from '../../src/index.ts';
import { begin, send, until } from '../support/client.ts';

/** An app with the plugin, that listens. */
async function startApp(
  options: RequestScopesOptions,
  routes: (app: FastifyInstance) => void,
): Promise<{ url: string; app: FastifyInstance } & AsyncDisposable> {
  const app = Fastify();
  await app.register(requestScopes, options);
  routes(app);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, app, [Symbol.asyncDispose]: async () => void (await app.close()) };
}

test('handlers of every kind answer as they do without scopes', async () => {
  await using service = await startApp({}, (app) => {
    app.get('/async', async () => ({ a: 1 }));
    app.get('/sync', () => ({ a: 2 }));
    app.get('/send', (_request, reply) => void reply.send({ a: 3 }));
    app.get('/later', (_request, reply) => void setTimeout(() => void reply.code(201).send({ a: 4 }), 5));
    app.get('/reply', async (_request, reply) => reply.code(202).send({ a: 5 }));
    app.get('/nothing', async () => undefined);
    app.get('/null', async () => null);
    app.get('/throws', async () => {
      throw Object.assign(new Error('no tea'), { statusCode: 418 });
    });
    app.get('/sync-throws', () => {
      throw new Error('at once');
    });
    app.get('/stream', async () => Readable.from(['a', 'b', 'c']));
    app.get('/send-stream', (_request, reply) => void reply.send(Readable.from(['d', 'e'])));
    app.get('/hijack', (_request, reply) => {
      reply.hijack();
      reply.raw.end('taken');
    });
    app.get('/hook', { preHandler: async (_request, reply) => reply.send('from the hook') }, async () => 'never');
  });
  const plain = async (path: string): Promise<[number, string]> => {
    const answer = await send(service.url, 'GET', path);
    return [answer.status, answer.text];
  };
  assert.deepEqual(await plain('/async'), [200, '{"a":1}']);
  assert.deepEqual(await plain('/sync'), [200, '{"a":2}']);
  assert.deepEqual(await plain('/send'), [200, '{"a":3}']);
  assert.deepEqual(await plain('/later'), [201, '{"a":4}']);
  assert.deepEqual(await plain('/reply'), [202, '{"a":5}']);
  assert.deepEqual(await plain('/nothing'), [200, '']);
  assert.deepEqual(await plain('/null'), [200, 'null']);
  assert.equal((await plain('/throws'))[0], 418);
  assert.equal((await plain('/sync-throws'))[0], 500);
  assert.deepEqual(await plain('/stream'), [200, 'abc']);
  assert.deepEqual(await plain('/send-stream'), [200, 'de']);
  assert.deepEqual(await plain('/hijack'), [200, 'taken']);
  assert.deepEqual(await plain('/hook'), [200, 'from the hook']);
});

test('when the client goes away, everything in the handler ends and gives back what it holds', async () => {
  const permits = new Semaphore(1);
  const ended: string[] = [];
  let begun = false;
  await using service = await startApp({}, (app) => {
    app.get('/work', async (request) => {
      using _permit = await permits.acquire();
      request.scope.signal.addEventListener('abort', () => ended.push('signal'));
      await taskGroup(async (group) => {
        for (const name of ['first', 'second']) {
          group.spawn(async () => {
            begun = true;
            try {
              await sleep('10min');
            } catch (error) {
              if (error instanceof CancelledError) ended.push(name);
              throw error;
            }
          });
        }
        await gather([() => sleepForever(), () => sleep('1h')]);
      });
    });
  });
  const response = begin(service.url, { path: '/work', signal: AbortSignal.timeout(150) });
  await assert.rejects(response, { name: 'AbortError' });
  await until(() => ended.length === 3, 'the work to end');
  assert.equal(begun, true);
  assert.deepEqual(ended.sort(), ['first', 'second', 'signal']);
  await until(() => permits.statistics().held === 0, 'the permit to come back');
});

test('a request that takes too long is answered 503 at once, although its work still cleans up', async () => {
  let cleaned = false;
  let clean = (): void => undefined;
  const foreign = new Promise<void>((resolve) => {
    clean = resolve;
  });
  await using service = await startApp({ timeout: '50ms' }, (app) => {
    app.get('/slow', async () => {
      try {
        await sleepForever();
      } finally {
        await foreign;
        cleaned = true;
      }
    });
  });
  const answer = await send(service.url, 'GET', '/slow');
  assert.equal(answer.status, 503);
  assert.match(answer.headers['content-type']!, /^application\/problem\+json/);
  assert.equal(answer.json.code, 'SLUICE_SERVICE_REQUEST_TIMEOUT');
  assert.equal((await send(service.url, 'HEAD', '/slow')).status, 503);
  assert.equal(cleaned, false);
  clean();
  await until(() => cleaned, 'the clean-up');
});

test('a handler that swallows its cancel changes nothing of the answer', async () => {
  await using service = await startApp({ timeout: '30ms' }, (app) => {
    app.get('/stubborn', async () => {
      try {
        await sleepForever();
      } catch {
        return 'too late';
      }
    });
  });
  assert.equal((await send(service.url, 'GET', '/stubborn')).status, 503);
});

test('a handler that never answers is answered for', async () => {
  await using service = await startApp({ timeout: '30ms' }, (app) => {
    app.get('/silent', () => undefined);
  });
  assert.equal((await send(service.url, 'GET', '/silent')).status, 503);
});

test('a route can give itself more time', async () => {
  await using service = await startApp({ timeout: '30ms' }, (app) => {
    app.get('/long', async (request) => {
      request.scope.deadline = Number.POSITIVE_INFINITY;
      await sleep('120ms');
      return 'done';
    });
  });
  assert.equal((await send(service.url, 'GET', '/long')).text, 'done');
});

test('a stream outlives the timeout once it has begun, and ends when its reader goes away', async () => {
  let ended = false;
  async function* ticks(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) {
        yield `${'.'.repeat(1000)}\n`;
        await sleep('20ms');
      }
    } finally {
      ended = true;
    }
  }
  await using service = await startApp({ timeout: '60ms' }, (app) => {
    app.get('/ticks', async () => Readable.from(ticks()));
  });
  const response = await begin(service.url, { path: '/ticks' });
  let bytes = 0;
  for await (const part of response) {
    bytes += (part as Buffer).length;
    if (bytes > 8000) break;
  }
  await until(() => ended, 'the generator to end');
});

test('a stream that waits for long inside its scope ends at once when its reader goes away', async () => {
  let ended = false;
  async function* lines(): AsyncGenerator<string, void, undefined> {
    try {
      yield 'first\n';
      await sleep('10min');
    } finally {
      ended = true;
    }
  }
  await using service = await startApp({}, (app) => {
    app.get('/lines', async () => Readable.from(lines()));
  });
  const response = await begin(service.url, { path: '/lines' });
  await new Promise((resolve) => response.once('data', resolve));
  response.destroy();
  await until(() => ended, 'the generator to end');
});

test('a hijacked reply keeps its scope until its client goes away', async () => {
  let reason: unknown;
  await using service = await startApp({ timeout: '50ms' }, (app) => {
    app.get('/taken', (request, reply) => {
      reply.hijack();
      reply.raw.write('open');
      request.scope.signal.addEventListener('abort', () => {
        reason = request.scope.signal.reason;
      });
    });
  });
  const response = await begin(service.url, { path: '/taken' });
  await new Promise((resolve) => setTimeout(resolve, 120));
  assert.equal(reason, undefined, 'the timeout does not end it');
  response.destroy();
  await until(() => reason !== undefined, 'the scope to be cancelled');
  assert.match(String(reason), /the client went away/);
});

test('closing the app lets requests end within the grace, and cancels the rest', async () => {
  const begun: string[] = [];
  const ended: string[] = [];
  await using service = await startApp({ grace: '300ms' }, (app) => {
    app.get('/quick', async () => {
      begun.push('quick');
      await sleep('50ms');
      ended.push('quick');
      return 'in time';
    });
    app.get('/endless', async () => {
      begun.push('endless');
      try {
        await sleepForever();
      } finally {
        ended.push('endless');
      }
    });
  });
  const quick = send(service.url, 'GET', '/quick');
  const endless = send(service.url, 'GET', '/endless');
  await until(() => begun.length === 2, 'both requests to reach their handlers');
  await service.app.close();
  assert.equal((await quick).text, 'in time');
  const answer = await endless;
  assert.deepEqual([answer.status, answer.json.code], [503, 'SLUICE_SERVICE_CLOSING']);
  assert.deepEqual(ended, ['quick', 'endless']);
});

test('requests on one connection have a scope each', async () => {
  const { Agent } = await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const scopes = new Set<unknown>();
  await using service = await startApp({}, (app) => {
    app.get('/', async (request) => {
      scopes.add(request.scope);
      await sleep(1);
      return { cancelled: request.scope.cancelCalled };
    });
  });
  for (let n = 0; n < 20; n++) {
    const response = await begin(service.url, { path: '/', agent });
    let text = '';
    for await (const part of response) text += String(part);
    assert.equal(text, '{"cancelled":false}');
  }
  assert.equal(scopes.size, 20);
  agent.destroy();
});

test('requests that are injected work too, and options that make no sense are refused', async () => {
  const app = Fastify();
  await app.register(requestScopes, { timeout: '20ms' });
  app.get('/', async () => 'hello');
  app.get('/slow', () => sleepForever());
  assert.equal((await app.inject('/')).body, 'hello');
  assert.equal((await app.inject('/slow')).statusCode, 503);
  await app.close();
  const broken = Fastify();
  await assert.rejects(async () => {
    await broken.register(requestScopes, { timeout: 'soon' as '1s' });
  }, /no duration/);
});

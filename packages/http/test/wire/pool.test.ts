import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { cancelScope } from '@sluice/core';
import { Session } from '@sluice/http';
import { WireTransport } from '../../src/wire/wire-transport.ts';
import { reply, ScriptedNetwork, settled } from './support/scripted-network.ts';

const ORIGIN = 'http://scripted.test';

function setUp(options: { max?: number; keepAliveMs?: number; opensAtOnce?: boolean } = {}) {
  const network = new ScriptedNetwork(options.opensAtOnce);
  const { max = 8, keepAliveMs = 60_000 } = options;
  const transport = new WireTransport({ maxConnectionsPerOrigin: max, keepAliveMs, dialer: network.dialer });
  const session = new Session({ transport, baseUrl: ORIGIN });
  return { network, session, stats: () => transport.stats()[ORIGIN] };
}

/** Time stands still but for what the test lets go by; timers do not ring unless they are told to. */
function virtualTime(t: { after(fn: () => void): void }): { passes(ms: number, options?: { ring: boolean }): void } {
  let nowMs = 1_000_000;
  const clock = mock.method(performance, 'now', () => nowMs);
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.after(() => {
    clock.mock.restore();
    mock.timers.reset();
  });
  return {
    passes(ms, { ring } = { ring: false }) {
      nowMs += ms;
      if (ring) mock.timers.tick(ms);
    },
  };
}

test('no more connections than allowed; who waits is served in the order of coming', async () => {
  const { network, session, stats } = setUp({ max: 2 });
  const all = ['/a', '/b', '/c', '/d', '/e'].map((path) => session.get(path));
  await settled();
  assert.deepEqual(stats(), { open: 2, inFlight: 2, waiting: 3 });
  assert.deepEqual(
    network.sockets.map(({ written }) => written.map((text) => text.split(' ')[1])),
    [['/a'], ['/b']],
  );
  for (const path of ['/b', '/a', '/d', '/c', '/e']) {
    network.socketOf(path).answer(reply(path));
    await settled();
  }
  assert.deepEqual(
    network.sockets.map(({ written }) => written.map((text) => text.split(' ')[1])),
    [
      ['/a', '/d', '/e'],
      ['/b', '/c'],
    ],
    'c waited longest, so it got the connection of b; d that of a',
  );
  const replies = await Promise.all(all);
  assert.deepEqual(
    replies.map((one) => one.text()),
    ['/a', '/b', '/c', '/d', '/e'],
  );
  assert.deepEqual(stats(), { open: 2, inFlight: 0, waiting: 0 });
  await session.close();
});

test('the connection that was given back last is used first, so that the surplus goes idle', async () => {
  const { network, session } = setUp();
  const all = ['/a', '/b', '/c'].map((path) => session.get(path));
  await settled();
  for (const path of ['/a', '/c', '/b']) network.socketOf(path).answer(reply(path));
  await Promise.all(all);
  for (let i = 0; i < 3; i++) {
    const next = session.get(`/next${i}`);
    await settled();
    network.sockets[1]!.answer(reply('again'));
    assert.equal((await next).evidence.address, '192.0.2.1:2', 'the one of b');
  }
  assert.equal(network.dials.length, 3);
  await session.close();
});

test('a request that is cancelled while it waits leaves the pool as it was', async () => {
  const { network, session, stats } = setUp({ max: 1 });
  const first = session.get('/first');
  const { promise: waits, resolve: isWaiting } = Promise.withResolvers<void>();
  let wasSent: boolean | undefined;
  const scope = cancelScope(async (own) => {
    const given = session.get('/given-up', {
      onEvidence: (evidence) => queueMicrotask(() => (wasSent = evidence.sent)),
    });
    isWaiting();
    queueMicrotask(() => own.cancel('not wanted any more'));
    await given;
  });
  await waits;
  const last = session.get('/last');
  await scope;
  await settled();
  assert.equal(wasSent, false);
  assert.deepEqual(stats(), { open: 1, inFlight: 1, waiting: 1 });
  network.sockets[0]!.answer(reply('first'));
  await settled();
  network.sockets[0]!.answer(reply('last'));
  assert.deepEqual([(await first).text(), (await last).text()], ['first', 'last']);
  assert.deepEqual(
    network.sockets[0]!.written.map((text) => text.split(' ')[1]),
    ['/first', '/last'],
  );
  assert.deepEqual(stats(), { open: 1, inFlight: 0, waiting: 0 });
  await session.close();
});

test('a request that is cancelled while its connection is made takes the attempt with it, and who waits gets a new one', async () => {
  const { network, session, stats } = setUp({ max: 1, opensAtOnce: false });
  const scope = cancelScope(async (own) => {
    const given = session.get('/given-up');
    queueMicrotask(() => own.cancel());
    await given;
  });
  const second = session.get('/second');
  assert.deepEqual(stats(), { open: 1, inFlight: 1, waiting: 1 });
  await scope;
  await settled();
  assert.equal(network.dials[0]!.isCancelled, true);
  assert.deepEqual(stats(), { open: 1, inFlight: 1, waiting: 0 });
  network.dials[1]!.open();
  await settled();
  network.sockets[1]!.answer(reply('second'));
  assert.equal((await second).text(), 'second');
  await session.close();
});

test('of those who wait only the one whose connection fails is told so', async () => {
  const { network, session } = setUp({ max: 1, opensAtOnce: false });
  const first = assert.rejects(session.get('/first'), { code: 'SLUICE_HTTP_CONNECT' });
  const second = session.get('/second');
  network.dials[0]!.fail();
  await first;
  await settled();
  network.dials[1]!.open();
  await settled();
  network.sockets[1]!.answer(reply('second'));
  assert.equal((await second).ok, true);
  await session.close();
});

for (const [says, keptMs] of [
  ['keep-alive: timeout=5', 4000],
  ['Keep-Alive: Timeout=20, max=100', 10_000],
  ['keep-alive: max=100', 10_000],
] as const) {
  test(`after "${says}" a connection is used until ${keptMs} ms and not after, also when its timer is late`, async (t) => {
    const time = virtualTime(t);
    const { network, session, stats } = setUp({ keepAliveMs: 10_000 });
    const ask = async (path: string): Promise<boolean> => {
      const answer = session.get(path);
      await settled();
      network.socketOf(path).answer(reply(path, says));
      return (await answer).evidence.reused;
    };
    assert.equal(await ask('/1'), false);
    time.passes(keptMs - 1);
    assert.equal(await ask('/2'), true);
    time.passes(keptMs);
    assert.equal(await ask('/3'), false, 'it is too old, though no timer has closed it');
    assert.equal(network.sockets[0]!.closed, true);
    assert.equal(stats()!.open, 1);
    await session.close();
  });
}

test('a server that keeps connections for a second only is not trusted with a second request', async (t) => {
  virtualTime(t);
  const { network, session, stats } = setUp();
  const answer = session.get('/');
  await settled();
  network.sockets[0]!.answer(reply('', 'keep-alive: timeout=1'));
  assert.equal((await answer).ok, true);
  assert.equal(network.sockets[0]!.closed, true);
  await settled();
  assert.equal(stats(), undefined, 'an origin without connections is forgotten');
  await session.close();
});

test('one timer closes what is too old, and leaves what is not', async (t) => {
  const time = virtualTime(t);
  const { network, session, stats } = setUp({ keepAliveMs: 10_000 });
  const both = [session.get('/old'), session.get('/young')];
  await settled();
  network.socketOf('/old').answer(reply('old'));
  time.passes(6000, { ring: true });
  network.socketOf('/young').answer(reply('young'));
  await Promise.all(both);
  time.passes(4000, { ring: true });
  assert.deepEqual(
    network.sockets.map(({ closed }) => closed),
    [true, false],
  );
  time.passes(6000, { ring: true });
  assert.deepEqual(
    network.sockets.map(({ closed }) => closed),
    [true, true],
  );
  await settled();
  assert.equal(stats(), undefined);
  await session.close();
});

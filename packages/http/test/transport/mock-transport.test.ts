import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpError, type MockEvent, MockTransport, mockReply, Session, TransportFailure } from '@sluice/http';
import { failureOf } from '../support/failure-of.ts';

test('a session runs over a mock and sees its script', async () => {
  const transport = new MockTransport((request) => mockReply(200, `you asked for ${request.path}`));
  await using session = new Session({ transport });
  const reply = await session.get('http://example.test/a?b');
  assert.equal(reply.text(), 'you asked for /a?b');
  assert.equal(reply.evidence.address, '192.0.2.1:80');
  assert.equal(transport.requests[0]!.origin, 'http://example.test');
});

const system = (code: string): Error => Object.assign(new Error(code), { code });

for (const [name, events, code, errorClass, temporary] of [
  [
    'a lookup without such a name',
    [{ type: 'error', error: new TransportFailure('lookup', 'x', system('ENOTFOUND')) }],
    'SLUICE_HTTP_DNS_NOT_FOUND',
    'dns',
    false,
  ],
  [
    'a lookup that may work later',
    [{ type: 'error', error: new TransportFailure('lookup', 'x', system('EAI_AGAIN')) }],
    'SLUICE_HTTP_DNS_FAILED',
    'dns',
    true,
  ],
  [
    'descriptors running out',
    [{ type: 'error', error: new TransportFailure('connect', 'x', system('EMFILE')) }],
    'SLUICE_HTTP_EXHAUSTED',
    'local',
    false,
  ],
  [
    'ports running out on every address',
    [
      {
        type: 'error',
        error: new TransportFailure(
          'connect',
          'x',
          new AggregateError([system('EADDRNOTAVAIL'), system('EADDRNOTAVAIL')]),
        ),
      },
    ],
    'SLUICE_HTTP_EXHAUSTED',
    'local',
    false,
  ],
  [
    'one address refused and one not to be had',
    [
      {
        type: 'error',
        error: new TransportFailure(
          'connect',
          'x',
          new AggregateError([system('EADDRNOTAVAIL'), system('ECONNREFUSED')]),
        ),
      },
    ],
    'SLUICE_HTTP_CONNECT',
    'connect',
    false,
  ],
  [
    'a refused certificate',
    [{ type: 'error', error: new TransportFailure('tls', 'x', system('CERT_HAS_EXPIRED')) }],
    'SLUICE_HTTP_TLS',
    'tls',
    false,
  ],
  [
    'a reset before anything was sent',
    [{ type: 'error', error: new TransportFailure('reset', 'x') }],
    'SLUICE_HTTP_CONNECT',
    'connect',
    false,
  ],
  [
    'a reset after the request',
    [{ type: 'sent' }, { type: 'error', error: new TransportFailure('reset', 'x') }],
    'SLUICE_HTTP_RESET',
    'in-doubt',
    false,
  ],
  [
    'a reset in the body',
    [{ type: 'sent' }, { type: 'headers', status: 200 }, { type: 'error', error: new TransportFailure('reset', 'x') }],
    'SLUICE_HTTP_TRUNCATED',
    'integrity',
    false,
  ],
  [
    'an error that nobody knows',
    [{ type: 'sent' }, { type: 'error', error: new RangeError('odd') }],
    'SLUICE_HTTP_INTERNAL',
    'internal',
    false,
  ],
] as const satisfies readonly (readonly [string, readonly MockEvent[], string, string, boolean])[]) {
  test(`${name} is ${errorClass}`, async () => {
    await using session = new Session({ transport: new MockTransport(() => events) });
    const error = await failureOf(session.get('http://example.test/'));
    assert.equal(error.code, code);
    assert.equal(error.class, errorClass);
    assert.equal(error.temporary, temporary);
  });
}

test('a lookup that takes too long is dns, and temporary', async () => {
  const transport = new MockTransport(() => [{ type: 'connecting', phase: 'dns' }]);
  await using session = new Session({ transport, timeouts: { connect: 20 } });
  const error = await failureOf(session.get('http://example.test/'));
  assert.equal(error.code, 'SLUICE_HTTP_DNS_TIMEOUT');
  assert.equal(error.temporary, true);
});

test('a delay in a script is waited for, and cut by close', async () => {
  const transport = new MockTransport(() => [{ type: 'sent' }, { type: 'delay', ms: 60_000 }, { type: 'end' }]);
  const session = new Session({ transport });
  const request = session.get('http://example.test/');
  const failed = assert.rejects(
    request,
    (error) => error instanceof HttpError && error.code === 'SLUICE_HTTP_SESSION_CLOSED',
  );
  while (transport.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(session.stats().origins, { 'http://example.test': { open: 1, inFlight: 1, waiting: 0 } });
  await session.close();
  await failed;
});

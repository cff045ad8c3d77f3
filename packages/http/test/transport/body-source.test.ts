import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BodySource,
  type Call,
  MockTransport,
  type Transport,
  TransportFailure,
  type TransportHandler,
  type TransportRequest,
} from '@sluice/http';
import { UndiciTransport } from '../../src/transport/undici-transport.ts';
import { type RawRequest, rawServer, response } from '../support/raw-server.ts';
import { until } from '../support/until.ts';

class Collector implements TransportHandler {
  status = 0;
  bytes = 0;
  error: unknown;
  isOver = false;
  onConnecting(): void {}
  onSent(): void {}
  onInformational(): void {}
  onHeaders(status: number): void {
    this.status = status;
  }
  onData(chunk: Uint8Array): void {
    this.bytes += chunk.length;
  }
  onEnd(): void {
    this.isOver = true;
  }
  onError(error: unknown): void {
    this.error = error;
    this.isOver = true;
  }
}

function source(length: number | undefined, ...chunks: readonly (string | Error)[]): BodySource {
  return {
    length,
    async *chunks() {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        yield Buffer.from(chunk);
      }
    },
  };
}

function request(origin: string, body: TransportRequest['body'], method = 'POST'): TransportRequest {
  return { origin, method, path: '/', headers: [], body, fresh: false, maxHeaderBytes: 65_536 };
}

const TRANSPORTS: Record<string, () => Transport> = {
  undici: () => new UndiciTransport({ maxConnectionsPerOrigin: 8, keepAliveMs: 4000 }),
  mock: () =>
    new MockTransport(() => [
      { type: 'sent' },
      { type: 'headers', status: 200 },
      { type: 'data', chunk: 'ok' },
      { type: 'end' },
    ]),
};

async function send(transport: Transport, what: TransportRequest): Promise<{ handler: Collector; call: Call }> {
  const handler = new Collector();
  const call = transport.dispatch(what, handler);
  await until('it is over', () => handler.isOver);
  return { handler, call };
}

for (const [name, make] of Object.entries(TRANSPORTS)) {
  test(`${name}: a streamed body that fails, or is not as long as it said, ends the exchange`, async () => {
    await using server = await rawServer((socket) => socket.write(response(200, [])));
    for (const body of [
      source(undefined, 'a', new Error('disk')),
      source(3, 'ab'),
      source(1, 'ab'),
      source(2, 'ab', new Error('late')),
    ]) {
      const transport = make();
      const { handler } = await send(transport, request(server.url, body));
      assert.ok(handler.error instanceof TransportFailure, String(handler.error));
      assert.equal(handler.error.kind, 'request-body');
      await transport.close();
    }
  });
}

test('undici: a streamed body goes out with its length, or in chunks when nobody knows it', async () => {
  const seen: RawRequest[] = [];
  let wire = '';
  await using server = await rawServer(
    (socket, got) => {
      seen.push(got);
      if (got.number === 1) socket.write(response(200, []));
    },
    (socket) =>
      socket.on('data', (chunk) => {
        wire += chunk.toString('latin1');
        if (wire.endsWith('\r\n0\r\n\r\n')) socket.write(response(201, []));
      }),
  );
  const transport = TRANSPORTS.undici!();
  assert.equal((await send(transport, request(server.url, source(5, 'he', '', 'llo')))).handler.status, 200);
  assert.match(seen[0]!.head, /content-length: 5/i);
  assert.equal(seen[0]!.body, 'hello');
  assert.equal((await send(transport, request(server.url, source(undefined, 'he', '', 'llo')))).handler.status, 201);
  assert.match(wire, /transfer-encoding: chunked/i);
  assert.ok(wire.endsWith('2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'), wire);
  await transport.close();
});

test('undici: a paused call is not read on, and goes on when it is resumed', async () => {
  const size = 32 * 1024 * 1024;
  await using server = await rawServer((socket) => socket.write(response(200, [], Buffer.alloc(size))));
  const transport = TRANSPORTS.undici!();
  const handler = new Collector();
  const call = transport.dispatch(request(server.url, undefined, 'GET'), handler);
  await until('the head came', () => handler.status === 200);
  call.pause();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const held = handler.bytes;
  assert.ok(held < size / 2, `${held} bytes came in spite of the pause`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(handler.bytes, held);
  call.resume();
  await until('it is over', () => handler.isOver);
  assert.equal(handler.bytes, size);
  await transport.close();
});

test('mock: a paused call plays no further until it is resumed', async () => {
  const transport = new MockTransport(() => [
    { type: 'sent' },
    { type: 'headers', status: 200 },
    { type: 'delay', ms: 1 },
    { type: 'data', chunk: 'ok' },
    { type: 'end' },
  ]);
  const handler = new Collector();
  const call = transport.dispatch(request('http://example.test', undefined), handler);
  call.pause();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(handler.status, 0);
  call.resume();
  assert.equal(handler.status, 200);
  await until('it is over', () => handler.isOver);
  assert.equal(handler.bytes, 2);
});

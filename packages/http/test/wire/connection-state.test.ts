import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { TransportHandler, TransportRequest } from '@sluice/http';
import { RequestHeadWriter } from '../../src/wire/request-head.ts';
import { WireCall } from '../../src/wire/wire-call.ts';
import { type ConnectionOwner, WireConnection } from '../../src/wire/wire-connection.ts';
import { WriteBatch } from '../../src/wire/write-batch.ts';
import { ScriptedNetwork, settled } from './support/scripted-network.ts';

const REQUEST: TransportRequest = {
  origin: 'http://scripted.test',
  method: 'GET',
  path: '/',
  headers: [],
  body: undefined,
  fresh: false,
  maxHeaderBytes: 65_536,
};

/** A connection that is being made for a call, and what is told of both. */
function setUp() {
  const network = new ScriptedNetwork(false);
  const told: string[] = [];
  const owner: ConnectionOwner = {
    dialer: network.dialer,
    endpoint: { secure: false, host: 'scripted.test', port: 80 },
    heads: new RequestHeadWriter('scripted.test'),
    writes: new WriteBatch((fn) => fn()),
    keepAliveMs: 4000,
    onFree: () => told.push('free'),
    onGone: () => told.push('gone'),
  };
  const handler: TransportHandler = {
    onConnecting: (phase) => told.push(phase),
    onSent: () => told.push('sent'),
    onInformational: (status) => told.push(String(status)),
    onHeaders: (status) => told.push(String(status)),
    onData: (chunk) => told.push(`${chunk.length} bytes`),
    onEnd: () => told.push('end'),
    onError: () => told.push('error'),
  };
  const connection = new WireConnection(owner);
  const makeCall = (body?: Uint8Array): WireCall =>
    new WireCall(body === undefined ? REQUEST : { ...REQUEST, method: 'PUT', body }, handler, connection, () => {});
  const call = makeCall();
  connection.connect(call);
  return { network, told, connection, call, makeCall };
}

test('a connection says where it leads and what it does, at every step of two exchanges', async () => {
  const { network, told, connection, makeCall } = setUp();
  assert.equal(inspect(connection), 'WireConnection { scripted.test:80, connecting, 0 served }');
  network.dials[0]!.open();
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, busy, reading head, 1 served }');
  assert.equal(connection.isSending, true, 'until the end of the turn');
  await settled();
  assert.equal(connection.isSending, false);
  const { socket } = network.dials[0]!;
  socket.answer('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-le');
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, busy, reading head, 1 served }');
  socket.answer('ngth: 3\r\n\r\na');
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, busy, reading length, 1 served }');
  socket.answer('bc');
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, free, 1 served }');
  assert.equal(connection.isUsable, true);
  connection.send(makeCall());
  await settled();
  socket.answer('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n');
  assert.equal(String(connection), 'WireConnection { 192.0.2.1:1, busy, reading chunked, 2 served }');
  socket.answer('0\r\n\r\n');
  connection.send(makeCall());
  await settled();
  socket.answer('HTTP/1.1 200 OK\r\n\r\n');
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, busy, reading close, 3 served }');
  socket.emit('end');
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, gone, 3 served }');
  assert.equal(connection.isUsable, false);
  assert.equal(
    told.join(' '),
    'connect sent 103 200 1 bytes 2 bytes free end sent 200 1 bytes free end sent 200 gone end',
  );
});

test('whatever ends it, the owner hears of it once and the call once', async () => {
  for (const end of ['close', 'error', 'end', 'destroy', 'abort'] as const) {
    const { network, told, connection, call } = setUp();
    network.dials[0]!.open();
    await settled();
    const { socket } = network.dials[0]!;
    if (end === 'destroy') connection.destroy();
    else if (end === 'abort') call.abort(new Error('not wanted'));
    else socket.emit(end, new Error('broken'));
    socket.emit('close');
    socket.emit('error', new Error('late'));
    await settled();
    assert.equal(told.filter((one) => one === 'gone').length, 1, end);
    assert.equal(told.filter((one) => one === 'error' || one === 'end').length, 1, end);
    assert.equal(socket.closed, true, end);
  }
});

test('bytes on a connection that nobody uses end it', async () => {
  const { network, told, connection } = setUp();
  network.dials[0]!.open();
  await settled();
  const { socket } = network.dials[0]!;
  socket.answer('HTTP/1.1 204 No Content\r\n\r\n');
  socket.answer('HTTP/1.1 200 OK\r\n');
  assert.equal(inspect(connection), 'WireConnection { 192.0.2.1:1, gone, 1 served }');
  assert.deepEqual(told.slice(-3), ['free', 'end', 'gone']);
});

test('an answer that comes before TLS tells that the request has left does not cost the connection; one that comes before the whole of a body does', async () => {
  const { network, connection, makeCall } = setUp();
  network.dials[0]!.open();
  const { socket } = network.dials[0]!;
  const answer = async (call?: WireCall): Promise<void> => {
    if (call !== undefined) connection.send(call);
    await settled();
    socket.writableLength = 100;
    socket.answer('HTTP/1.1 204 No Content\r\n\r\n');
    socket.writableLength = 0;
  };
  await answer();
  assert.equal(connection.isUsable, true, 'no body');
  await answer(makeCall(new Uint8Array(1000)));
  assert.equal(connection.isUsable, true, 'a body that is with the socket as a whole');
  await answer(makeCall());
  assert.equal(connection.isUsable, true, 'no body again');
  await answer(makeCall(new Uint8Array(1_000_000)));
  assert.equal(connection.isUsable, false, 'a body of which a part may never go out');
});

test('a call that is paused before its connection is there is not read until it is resumed, nor is the next one held', async () => {
  const { network, connection, call, makeCall } = setUp();
  const { socket } = network.dials[0]!;
  call.pause();
  network.dials[0]!.open();
  assert.equal(socket.isPaused, true);
  call.resume();
  assert.equal(socket.isPaused, false);
  await settled();
  call.pause();
  // What was read already may still come.
  socket.answer('HTTP/1.1 204 No Content\r\n\r\n');
  assert.equal(socket.isPaused, false, 'the pause belonged to the call');
  connection.send(makeCall());
  assert.equal(socket.isPaused, false);
  call.pause();
  assert.equal(socket.isPaused, false, 'a call that is over has no say');
});

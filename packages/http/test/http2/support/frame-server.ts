import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { CERTIFICATE, KEY } from '../../support/certificates.ts';

/** Frame types, flags and error codes (RFC 9113 6, 7). */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;
export const CODE = {
  none: 0,
  protocol: 1,
  internal: 2,
  refused: 7,
  cancel: 8,
  calm: 11,
  http1: 13,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** One connection of a client, and what can be said on it. */
export interface FramePeer {
  readonly socket: TLSSocket;
  /** Its number on this server, from 1. */
  readonly number: number;
  send(type: number, flags: number, stream: number, payload?: Uint8Array): void;
  /** A whole head; `last` when there is no content. */
  head(stream: number, fields: readonly (readonly [string, string])[], last?: boolean): void;
  data(stream: number, text: string, last?: boolean): void;
  reset(stream: number, code: number): void;
  goaway(lastStream: number, code: number): void;
  /** 200 and a text. */
  answer(stream: number, text?: string): void;
}

/** An HTTP/2 server that says exactly the frames that a test wants. */
export interface FrameServer extends AsyncDisposable {
  readonly url: string;
  readonly frames: readonly Frame[];
  readonly peers: readonly FramePeer[];
}

export interface FrameServerOptions {
  /** Called with every HEADERS frame. */
  readonly onRequest: (peer: FramePeer, stream: number, count: number) => void;
  readonly onFrame?: (peer: FramePeer, frame: Frame) => void;
  /** The payload of the first SETTINGS; `'never'` sends none. */
  readonly settings?: Buffer | 'never';
  /** Answers PING and acknowledges SETTINGS. Default true. */
  readonly isAlive?: () => boolean;
}

export async function frameServer(options: FrameServerOptions): Promise<FrameServer> {
  const { onRequest, onFrame, settings = Buffer.alloc(0), isAlive = () => true } = options;
  const frames: Frame[] = [];
  const peers: FramePeer[] = [];
  let count = 0;
  const server = createServer({ key: KEY, cert: CERTIFICATE, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => {});
    socket.setNoDelay(true);
    const peer = framePeer(socket, peers.length + 1);
    peers.push(peer);
    if (settings !== 'never') peer.send(FRAME.settings, 0, 0, settings);
    readFrames(socket, (frame) => {
      frames.push(frame);
      onFrame?.(peer, frame);
      const isAck = (frame.flags & FLAG.ack) !== 0;
      if (frame.type === FRAME.headers) onRequest(peer, frame.stream, ++count);
      if (!isAlive() || isAck) return;
      if (frame.type === FRAME.settings) peer.send(FRAME.settings, FLAG.ack, 0);
      if (frame.type === FRAME.ping) peer.send(FRAME.ping, FLAG.ack, 0, frame.payload);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    frames,
    peers,
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const { socket } of peers) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** A SETTINGS payload: identifier and value of each. */
export function settingsOf(...pairs: readonly (readonly [number, number])[]): Buffer {
  const bytes = Buffer.alloc(6 * pairs.length);
  for (const [index, [id, value]] of pairs.entries()) {
    bytes.writeUInt16BE(id, 6 * index);
    bytes.writeUInt32BE(value, 6 * index + 2);
  }
  return bytes;
}

function framePeer(socket: TLSSocket, number: number): FramePeer {
  const send = (type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): void => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    if (!socket.destroyed) socket.write(Buffer.concat([head, payload]));
  };
  const peer: FramePeer = {
    socket,
    number,
    send,
    head: (stream, fields, last = false) =>
      send(FRAME.headers, FLAG.endHeaders | (last ? FLAG.endStream : 0), stream, headerBlock(fields)),
    data: (stream, text, last = false) => send(FRAME.data, last ? FLAG.endStream : 0, stream, Buffer.from(text)),
    reset: (stream, code) => send(FRAME.reset, 0, stream, words(code)),
    goaway: (lastStream, code) => send(FRAME.goaway, 0, 0, words(lastStream, code)),
    answer(stream, text = 'whole') {
      peer.head(stream, [[':status', '200']]);
      peer.data(stream, text, true);
    },
  };
  return peer;
}

/** Fields as they are, without compression (RFC 7541 6.2.2). Names and values below 16 KiB; latin1. */
export function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  const text = (value: string): Buffer => Buffer.concat([prefixed(value.length), Buffer.from(value, 'latin1')]);
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]));
}

/** An integer with a prefix of seven bits (RFC 7541 5.1). */
function prefixed(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const rest = value - 127;
  return rest < 128 ? Buffer.of(127, rest) : Buffer.of(127, 0x80 | (rest & 0x7f), rest >> 7);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

function readFrames(socket: TLSSocket, onFrame: (frame: Frame) => void): void {
  let held: Buffer = Buffer.alloc(0);
  let skip = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    if (held.length < skip) return;
    held = held.subarray(skip);
    skip = 0;
    while (held.length >= 9) {
      const end = 9 + held.readUIntBE(0, 3);
      if (held.length < end) return;
      onFrame({
        type: held.readUInt8(3),
        flags: held.readUInt8(4),
        stream: held.readUInt32BE(5) & 0x7fffffff,
        payload: Buffer.from(held.subarray(9, end)),
      });
      held = held.subarray(end);
    }
  });
}

import type { Server } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from '../certificates/make-certificate.ts';
import type { HitCounter } from '../hit-counter.ts';

/** What goes wrong on such a port: for the first request of a lab, `reset-body` for every one. */
export type Http2Trouble = 'goaway' | 'refused-stream' | 'reset-body';

/** Frame types and flags (RFC 9113 6). */
const DATA = 0x0;
const HEADERS = 0x1;
const RST_STREAM = 0x3;
const SETTINGS = 0x4;
const PING = 0x6;
const GOAWAY = 0x7;
const END_STREAM = 0x1;
const ACK = 0x1;
const END_HEADERS = 0x4;
/** Error codes (RFC 9113 7). */
const NO_ERROR = 0x0;
const INTERNAL_ERROR = 0x2;
const REFUSED_STREAM = 0x7;
const PREFACE_BYTES = 24;
const FRAME_HEAD_BYTES = 9;
/** `:status: 200`, the eighth entry of the static table (RFC 7541, appendix A). */
const STATUS_200 = Buffer.of(0x88);

/**
 * A server that speaks just enough HTTP/2 to break it exactly: node:http2 would neither name stream 0 in a GOAWAY nor stop in the middle of
 * a body. Every request is counted as `/http2/<trouble>`.
 */
export function http2Server(trouble: Http2Trouble, { cert, key }: Certificate, hits: HitCounter): Server {
  const answer = (socket: TLSSocket, stream: number): void => {
    const count = hits.countRequest(`/http2/${trouble}`);
    if (trouble === 'goaway' && count === 1) {
      // Stream 0: nothing of this connection was processed, so that all of it can be sent again (RFC 9113 6.8).
      socket.end(frame(GOAWAY, 0, 0, words(0, NO_ERROR)));
      return;
    }
    if (trouble === 'refused-stream' && count === 1) {
      socket.write(frame(RST_STREAM, 0, stream, words(REFUSED_STREAM)));
      return;
    }
    hits.countStatus(200);
    socket.write(frame(HEADERS, END_HEADERS, stream, STATUS_200));
    if (trouble === 'reset-body') {
      socket.write(frame(DATA, 0, stream, Buffer.from('half of a b')));
      socket.write(frame(RST_STREAM, 0, stream, words(INTERNAL_ERROR)));
    } else {
      socket.write(frame(DATA, END_STREAM, stream, Buffer.from('whole\n')));
    }
  };
  return createServer({ cert, key, ALPNProtocols: ['h2'] }, (socket) => {
    socket.on('error', () => undefined);
    socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)));
    readFrames(socket, (type, flags, stream, payload) => {
      if (type === SETTINGS && (flags & ACK) === 0) socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
      else if (type === PING && (flags & ACK) === 0) socket.write(frame(PING, ACK, 0, payload));
      else if (type === HEADERS) answer(socket, stream);
    });
  });
}

function readFrames(
  socket: TLSSocket,
  onFrame: (type: number, flags: number, stream: number, payload: Buffer) => void,
): void {
  let held: Buffer = Buffer.alloc(0);
  let skip = PREFACE_BYTES;
  socket.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]);
    if (held.length < skip) return;
    held = held.subarray(skip);
    skip = 0;
    while (held.length >= FRAME_HEAD_BYTES) {
      const end = FRAME_HEAD_BYTES + held.readUIntBE(0, 3);
      if (held.length < end) return;
      onFrame(held.readUInt8(3), held.readUInt8(4), held.readUInt32BE(5), held.subarray(FRAME_HEAD_BYTES, end));
      held = held.subarray(end);
    }
  });
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

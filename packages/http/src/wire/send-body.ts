import type { Socket } from 'node:net';
import { type BodySource, checkedChunks } from '../transport/body-source.ts';

/** Who wants a body sent. */
export interface BodySender {
  /** The exchange has ended: nothing more is to be sent. */
  readonly isOver: boolean;
  /** So many bytes were handed to the socket. */
  onWritten(bytes: number): void;
  /** The body is out, or at least in the hands of the socket. */
  onBodySent(): void;
  onBodyFailed(error: unknown): void;
}

/**
 * Sends a streamed body as fast as the socket takes it: as it comes when its length is known, else in chunks (RFC 9112 7.1).
 *
 * @returns a function that lets go of the source, for when the exchange ends first.
 */
export function sendBody(socket: Socket, source: BodySource, sender: BodySender): () => void {
  const chunks = checkedChunks(source);
  const isChunked = source.length === undefined;
  const send = async (): Promise<void> => {
    for await (const chunk of chunks) {
      if (sender.isOver) return;
      let isTaken: boolean;
      if (isChunked) {
        const size = `${chunk.length.toString(16)}\r\n`;
        socket.cork();
        socket.write(size, 'latin1');
        socket.write(chunk);
        isTaken = socket.write('\r\n', 'latin1');
        socket.uncork();
        sender.onWritten(size.length + chunk.length + 2);
      } else {
        isTaken = socket.write(chunk);
        sender.onWritten(chunk.length);
      }
      if (!isTaken && !sender.isOver) await drained(socket);
      if (sender.isOver) return;
    }
    if (isChunked) {
      socket.write('0\r\n\r\n', 'latin1');
      sender.onWritten(5);
    }
    sender.onBodySent();
  };
  send().catch((error: unknown) => {
    if (!sender.isOver) sender.onBodyFailed(error);
  });
  // A source that stands still is told at its next step; what it says then is of no interest any more.
  return () => {
    chunks.return().catch(() => {});
  };
}

function drained(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    socket.off('drain', done);
    socket.off('close', done);
    resolve();
  };
  socket.on('drain', done);
  socket.on('close', done);
  return promise;
}

import type { ClientHttp2Stream } from 'node:http2';

/**
 * Tells when the server itself ends a stream (END_STREAM). node:http2 gives the same 'end', with the same `rstCode`, when the server resets
 * the stream with NO_ERROR in the middle of a body; but then the stream is closed before its end is pushed.
 */
export function watchServerEnd(stream: ClientHttp2Stream, onServerEnd: () => void): void {
  const push = stream.push;
  stream.push = (chunk: unknown, ...rest: []): boolean => {
    if (chunk === null && !stream.closed) onServerEnd();
    return push.call(stream, chunk, ...rest);
  };
}

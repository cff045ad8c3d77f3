import type { Exchange } from './exchange.ts';

/** Writes the chunks as the client takes them, then ends the response; stops quietly when the connection closes. */
export function streamBody(exchange: Exchange, chunks: Iterable<Buffer | string>): void {
  const { request, response } = exchange;
  // A response to HEAD swallows writes without ever asking to wait: an endless body would never give way.
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const source = chunks[Symbol.iterator]();
  const pump = (): void => {
    while (!response.destroyed) {
      const next = source.next();
      if (next.done === true) {
        response.end();
        return;
      }
      if (!response.write(next.value)) {
        // 'drain' comes before other events as long as the kernel takes all: setImmediate lets the others in.
        response.once('drain', () => setImmediate(pump));
        return;
      }
    }
  };
  pump();
}

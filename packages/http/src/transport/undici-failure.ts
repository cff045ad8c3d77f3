import { TransportFailure } from './transport-failure.ts';

/** What the transport itself saw when undici reported an error. */
export interface SeenFacts {
  /** The response head was whole. */
  readonly headersSeen: boolean;
  readonly bytesIn: number;
  /** The connection had ended by then, in order or not: the parser complains of the end, not of what came. */
  readonly atEnd: boolean;
}

/**
 * What happened on the wire, from an error of undici's and what was seen ourselves: its names alone mislead (two equal Content-Lengths are
 * a "length mismatch", and a cut chunked body a parser error). Anything unknown is returned as it is.
 */
export function undiciFailure(error: unknown, seen: SeenFacts): unknown {
  if (error instanceof TransportFailure || !(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  switch (code) {
    case 'UND_ERR_SOCKET':
      if (error.message === 'bad response') return new TransportFailure('malformed', 'an answer to nothing', error);
      return ended(seen, error);
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new TransportFailure('headers-overflow', 'the response head is too large', error);
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      if (seen.headersSeen)
        return new TransportFailure('truncated', 'the body is shorter than its Content-Length', error);
      return new TransportFailure('malformed', 'the Content-Length of the response is malformed or given twice', error);
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return new TransportFailure('shut', 'the transport was closed', error);
    default:
  }
  // Its code is not to be relied on: undici looks it up the wrong way round and finds none.
  if (error.name === 'HTTPParserError' && seen.atEnd) return ended(seen, error);
  if (error.name === 'HTTPParserError') return new TransportFailure('malformed', error.message, error);
  if ('syscall' in error || code.startsWith('ERR_SSL') || code === 'ECONNRESET' || code === 'EPIPE') {
    return new TransportFailure('reset', `the connection broke (${code})`, error);
  }
  // The parser's own assertions, when a server found a state that it does not know.
  if (code === 'ERR_ASSERTION' && seen.bytesIn > 0)
    return new TransportFailure('malformed', 'the response is malformed', error);
  return error;
}

function ended(seen: SeenFacts, error: Error): TransportFailure {
  return seen.headersSeen
    ? new TransportFailure('truncated', 'the connection ended before the body did', error)
    : new TransportFailure('closed', 'the server closed the connection', error);
}

import { TransportFailure } from './transport-failure.ts';

/** A request's body that comes piece by piece. It is read once, as fast as the connection takes it. */
export interface BodySource {
  /** How many bytes it gives; undefined when nobody knows, then it is sent in chunks (RFC 9112 7.1). */
  readonly length: number | undefined;
  /** The bytes. Ended early with `return()` when the exchange ends before the body does. */
  chunks(): AsyncIterable<Uint8Array>;
}

/**
 * The bytes of a source, held to its word.
 *
 * @throws TransportFailure of kind `request-body` when the source fails, gives something else than bytes, or more or fewer than its length.
 */
export async function* checkedChunks(source: BodySource): AsyncGenerator<Uint8Array, void, undefined> {
  const { length } = source;
  let given = 0;
  try {
    for await (const chunk of source.chunks()) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('a chunk is no Uint8Array');
      given += chunk.length;
      if (length !== undefined && given > length) throw wrongLength(length, given, 'at least ');
      // An empty chunk would end a chunked body.
      if (chunk.length > 0) yield chunk;
    }
  } catch (error) {
    throw error instanceof TransportFailure ? error : bodyFailed(error);
  }
  if (length !== undefined && given < length) throw wrongLength(length, given, '');
}

function wrongLength(length: number, given: number, atLeast: string): TransportFailure {
  return new TransportFailure('request-body', `the body was to have ${length} bytes and gave ${atLeast}${given}`);
}

function bodyFailed(error: unknown): TransportFailure {
  const what = error instanceof Error ? error.message : String(error);
  return new TransportFailure('request-body', `the body could not be read (${what})`, error);
}

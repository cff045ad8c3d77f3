import type { BodySource } from '../transport/body-source.ts';

/** A streamed body of a request. */
export interface Upload extends BodySource {
  /** `chunks()` may be called again and gives the same bytes: the body can follow a redirect, and be sent again to a new connection. */
  readonly isReplayable?: boolean;
  /** What it is, unless the caller's headers say. */
  readonly contentType?: string | undefined;
}

/** What can be sent as it comes: a Node or web stream, an async generator, a Blob, or an {@link Upload}, as of `fromFile()`. */
export type UploadInput = Upload | AsyncIterable<Uint8Array | string> | Blob;

/** Whether a body can be sent a second time. */
export function canSendAgain(body: Uint8Array | Upload | undefined): boolean {
  return body === undefined || body instanceof Uint8Array || body.isReplayable === true;
}

/** The upload that an input stands for. Text in it is sent as UTF-8. */
export function toUpload(input: UploadInput): Upload {
  if (input instanceof Blob) {
    const chunks = (): AsyncIterable<Uint8Array> => input.stream();
    return { length: input.size, chunks, isReplayable: true, contentType: input.type || undefined };
  }
  if ('chunks' in input) return input;
  // A stream is read once, whoever asks.
  return { length: undefined, chunks: () => encoded(input), isReplayable: false };
}

async function* encoded(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

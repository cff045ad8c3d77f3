import { cancellable, UsageError } from '@sluice/core';
import { classifyStatus } from '../classify-status.ts';
import { decodeStream } from '../decode/decode-stream.ts';
import { DecodeFailure, type DecodeLimits } from '../decode-body.ts';
import { HttpError, HttpStatusError } from '../errors.ts';
import type { Evidence, EvidenceRecord } from '../evidence.ts';
import type { HeaderList } from '../header-list.ts';
import { Reply } from '../reply.ts';
import type { BodyQueue } from './body-queue.ts';
import type { TappedHead } from './body-tap.ts';

/** What a {@link StreamedReply} is made of. */
export interface StreamedReplyParts {
  readonly head: TappedHead;
  readonly queue: BodyQueue;
  readonly evidence: EvidenceRecord;
  readonly limits: DecodeLimits;
  readonly decodes: boolean;
  /** Ends the request, whatever it is doing. */
  readonly cancel: (reason: unknown) => void;
}

/**
 * An answer whose body is read piece by piece: `for await (const chunk of reply)`. The server waits while the reader is busy. The loop ends
 * only when the body is complete, checked against its framing and its coding's checksum; otherwise it throws an {@link HttpError}, and what
 * was read so far is not to be used. Leaving the loop early, or the `await using` block, closes the connection.
 *
 * @example
 * await using reply = await session.stream('https://example.com/big.csv');
 * for await (const chunk of reply) total += chunk.length;
 */
export class StreamedReply implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly status: number;
  readonly headers: HeaderList;
  /** The URL that answered, after redirects; without user, password and fragment. */
  readonly url: string;
  /** The URLs that redirected here, in order. */
  readonly redirects: readonly string[];
  readonly #parts: StreamedReplyParts;
  #isTaken = false;

  constructor(parts: StreamedReplyParts) {
    const { head } = parts;
    this.status = head.status;
    this.headers = head.headers;
    this.url = head.url;
    this.redirects = head.redirects;
    this.#parts = parts;
  }

  /** It is complete when the body is. */
  get evidence(): Evidence {
    return this.#parts.evidence;
  }

  /** True for 2xx. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /**
   * The decoded body, once.
   *
   * @throws HttpError when the body is not whole, too large or too slow; CancelledError when the scope of the reader is cancelled, which
   * closes the connection; UsageError when it was read already.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#isTaken) throw new UsageError('the body of a streamed reply can be read only once');
    this.#isTaken = true;
    const { queue, limits, decodes, cancel } = this.#parts;
    const coding = decodes ? this.headers.get('content-encoding') : undefined;
    let isWhole = false;
    try {
      const chunks = coding === undefined ? queue.chunks() : decodeStream(queue.chunks(), coding, limits);
      for (;;) {
        const { done, value } = await cancellable(chunks.next(), { onCancel: cancel });
        if (done) break;
        yield value;
      }
      isWhole = true;
    } catch (error) {
      throw this.#explain(error);
    } finally {
      if (!isWhole) cancel(new UsageError('the reader left before the end of the body'));
    }
  }

  /** The rest of the body as a whole reply: for an error's text, say. It is held in memory, up to `maxBodyBytes`. */
  async whole(): Promise<Reply> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    const { status, headers, url, redirects } = this;
    return new Reply({ status, headers, url, redirects, body: Buffer.concat(chunks), evidence: this.#parts.evidence });
  }

  /**
   * This reply, when it is 2xx. Otherwise the body is read whole for the error.
   *
   * @throws HttpStatusError for any other status.
   */
  async requireOk(): Promise<this> {
    const statusClass = classifyStatus(this.status, this.headers);
    if (statusClass !== 'ok') throw new HttpStatusError(await this.whole(), statusClass);
    return this;
  }

  /** Closes the connection, unless the body was read to its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isTaken = true;
    this.#parts.cancel(new UsageError('the reply was let go of before the end of its body'));
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof DecodeFailure)) return error;
    const { evidence } = this.#parts;
    evidence.phase = 'decode';
    return new HttpError(error.code, error.message, { cause: error, evidence });
  }
}

import type { FastifyReply } from 'fastify';
import { ServiceError } from '../errors/service-error.ts';
import { EventStream } from './event-stream.ts';

const MAX_STREAMS = 200;

/** The event streams that are open, so that they can be ended when the service is closed. */
export class OpenStreams {
  readonly #streams = new Set<EventStream>();
  #isClosed = false;

  /** Opens a stream; `onEnd` is called when it has ended. @throws ServiceError when there are too many, or the service is closing */
  open(reply: FastifyReply, onEnd: () => void): EventStream {
    if (this.#isClosed)
      throw new ServiceError('SLUICE_SERVICE_CLOSING', 'the service is closing; ask again when it is back');
    if (this.#streams.size >= MAX_STREAMS) {
      throw new ServiceError('SLUICE_SERVICE_BUSY', `${MAX_STREAMS} clients are listening already: ask again later`);
    }
    const stream = new EventStream(reply);
    this.#streams.add(stream);
    stream.onEnd = () => {
      this.#streams.delete(stream);
      onEnd();
    };
    return stream;
  }

  /** Ends all streams and opens no more. */
  close(): void {
    this.#isClosed = true;
    for (const stream of [...this.#streams]) stream.end();
  }
}

import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

const HEARTBEAT_MS = 15_000;
/** A client that takes nothing for this long is gone, whatever its connection says. */
const STALLED_MS = 60_000;

/**
 * One client's stream of server-sent events (HTML Standard, 9.2). Nothing is buffered for a slow client beyond what one turn writes: ask
 * {@link isCongested} first, and come back on `onDrain`.
 */
export class EventStream {
  readonly #raw: ServerResponse;
  readonly #heartbeat: NodeJS.Timeout;
  #stalled: NodeJS.Timeout | undefined;
  #isOver = false;
  /** Called when a congested client takes events again. */
  onDrain: () => void = () => undefined;
  /** Called once when the stream has ended, whoever ended it. */
  onEnd: () => void = () => undefined;

  /** Takes the reply over and sends its head. */
  constructor(reply: FastifyReply) {
    reply.hijack();
    this.#raw = reply.raw;
    this.#raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.#raw.flushHeaders();
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS);
    this.#raw.on('drain', () => {
      clearTimeout(this.#stalled);
      this.#stalled = undefined;
      this.onDrain();
    });
    this.#raw.once('close', () => this.#over());
  }

  /** The client has not yet taken what was sent: send nothing that can wait. */
  get isCongested(): boolean {
    return this.#raw.writableNeedDrain;
  }

  /** Sends an event. `id` is what the client gives back as `Last-Event-ID`. */
  send(event: string, data: unknown, id?: string): void {
    const head = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends the stream in order. */
  end(): void {
    this.#over();
    this.#raw.end();
  }

  #write(text: string): void {
    if (this.#isOver || (this.isCongested && text.startsWith(':'))) return;
    if (this.#raw.write(text)) return;
    this.#stalled ??= setTimeout(() => this.#raw.destroy(), STALLED_MS);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    clearTimeout(this.#stalled);
    this.onEnd();
  }
}

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Dialer } from '../../../src/dial/dialer.ts';
import type { DialObserver, Endpoint } from '../../../src/dial/dialing.ts';
import { TransportFailure } from '../../../src/transport/transport-failure.ts';

/** A socket whose other end is the test. */
export class ScriptedSocket extends EventEmitter {
  writable = true;
  writableLength = 0;
  closed = false;
  isPaused = false;
  /** Every request that was written, in order. */
  readonly written: string[] = [];
  readonly #onread: NonNullable<Endpoint['onread']>;

  constructor(onread: NonNullable<Endpoint['onread']>) {
    super();
    this.#onread = onread;
  }

  write(data: string | Uint8Array): boolean {
    this.written.push(typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
    return true;
  }

  cork(): void {}
  uncork(): void {}

  /** The server sends this, in one read. */
  answer(text: string): void {
    const buffer = this.#onread.buffer as Buffer;
    this.#onread.callback(buffer.write(text, 'latin1'), buffer);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  ref(): void {}
  unref(): void {}

  destroy(): void {
    if (this.closed) return;
    this.closed = true;
    this.writable = false;
    queueMicrotask(() => this.emit('close'));
  }
}

/** One connection that was asked for. */
export interface ScriptedDial {
  readonly socket: ScriptedSocket;
  isCancelled: boolean;
  /** The connection is there. */
  open(): void;
  fail(): void;
}

/** The network as the wire sees it, without one: each step is the test's. */
export class ScriptedNetwork {
  readonly dials: ScriptedDial[] = [];
  readonly dialer: Dialer = { dial: this.#dial.bind(this) } as unknown as Dialer;
  readonly #opensAtOnce: boolean;

  /** With `opensAtOnce` every connection is there in the next microtask. */
  constructor(opensAtOnce = true) {
    this.#opensAtOnce = opensAtOnce;
  }

  get sockets(): ScriptedSocket[] {
    return this.dials.map(({ socket }) => socket);
  }

  /** The socket that got the request for this path last. */
  socketOf(path: string): ScriptedSocket {
    const found = this.sockets.find(({ written }) => written.at(-1)?.startsWith(`GET ${path} `));
    if (found === undefined) throw new Error(`nobody asked for ${path}`);
    return found;
  }

  #dial(endpoint: Endpoint, observer: DialObserver): { cancel(): void } {
    const socket = new ScriptedSocket(endpoint.onread!);
    const dial: ScriptedDial = {
      socket,
      isCancelled: false,
      open: () => {
        if (dial.isCancelled) return;
        observer.onOpen({
          socket: socket as unknown as Socket,
          address: `192.0.2.1:${this.dials.indexOf(dial) + 1}`,
          tls: undefined,
          usesOnread: true,
        });
      },
      fail: () => observer.onFailure(new TransportFailure('connect', 'no connection')),
    };
    this.dials.push(dial);
    observer.onPhase('connect');
    if (this.#opensAtOnce) queueMicrotask(() => dial.open());
    return {
      cancel: () => {
        dial.isCancelled = true;
      },
    };
  }
}

/** Lets everything go on that has begun: connections open, and the requests of the turn are written. */
export async function settled(): Promise<void> {
  await turn();
  await turn();
}

/** A response with a body, and such fields besides. */
export function reply(body: string, ...fields: readonly string[]): string {
  return ['HTTP/1.1 200 OK', ...fields, `content-length: ${body.length}`, '', body].join('\r\n');
}

import type { Socket } from 'node:net';
import type { ResolvedAddress } from './lookup.ts';

/** How long one address is tried alone before the next joins in (RFC 8305 5 and 8). */
export const CONNECT_STAGGER_MS = 250;

/** Who runs a race. One of the two comes, once, unless it is cancelled. */
export interface RaceOwner {
  /** Begins a connection to an address. */
  open(address: ResolvedAddress): Socket;
  onWon(socket: Socket, address: ResolvedAddress): void;
  /** Nobody took a connection: one error for each address, in the order they came. */
  onLost(errors: readonly Error[]): void;
}

/** The same addresses with the families taking turns, beginning with that of the first (RFC 8305 4). */
export function interleaveFamilies(addresses: readonly ResolvedAddress[]): ResolvedAddress[] {
  const lead = addresses[0]?.family;
  const first = addresses.filter(({ family }) => family === lead);
  const second = addresses.filter(({ family }) => family !== lead);
  return first
    .flatMap((address, i) => (second[i] === undefined ? [address] : [address, second[i]]))
    .concat(second.slice(first.length));
}

/**
 * Connects to the first address that answers (Happy Eyeballs, RFC 8305): one after the other, the next as soon as one fails or 250 ms have
 * passed, and those begun go on; so an address that swallows every packet costs 250 ms, not a timeout.
 */
export class AddressRace {
  readonly #owner: RaceOwner;
  readonly #waiting: ResolvedAddress[];
  readonly #running: Set<Socket> = new Set();
  readonly #errors: Error[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(addresses: readonly ResolvedAddress[], owner: RaceOwner) {
    this.#owner = owner;
    this.#waiting = interleaveFamilies(addresses);
    this.#openNext();
  }

  /** Destroys every connection that was begun; nothing is told. */
  cancel(): void {
    this.#end(undefined);
  }

  #openNext(): void {
    clearTimeout(this.#timer);
    const address = this.#waiting.shift();
    if (address === undefined) return;
    const socket = this.#owner.open(address);
    this.#running.add(socket);
    socket.once('connect', () => {
      if (this.#isOver) return;
      this.#end(socket);
      this.#owner.onWon(socket, address);
    });
    // It stays for the life of the socket: no error of it may end the process.
    socket.on('error', (error) => this.#onError(socket, error));
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#openNext(), CONNECT_STAGGER_MS);
  }

  #onError(socket: Socket, error: Error): void {
    if (this.#isOver) return;
    this.#running.delete(socket);
    this.#errors.push(error);
    if (this.#waiting.length > 0) this.#openNext();
    else if (this.#running.size === 0) {
      this.#isOver = true;
      this.#owner.onLost(this.#errors);
    }
  }

  #end(winner: Socket | undefined): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const socket of this.#running) if (socket !== winner) socket.destroy();
    this.#running.clear();
  }
}

/** One host's place in the queues. */
interface HostEntry<T> {
  readonly host: string;
  readonly items: T[];
  /** Index of the next item: shifting a long array item by item would be quadratic. */
  head: number;
  inFlight: number;
  isReady: boolean;
}

/**
 * What waits to be begun, by host: first in, first out within a host, hosts in turn, and at most `perHost` of one host under way. Hosts that may
 * begin something stand in a queue of their own, so a slow host never holds up another and taking the next item is O(1). A host without items
 * waiting or under way is forgotten.
 */
export class HostQueues<T> {
  readonly #perHost: number;
  readonly #hosts = new Map<string, HostEntry<T>>();
  #ready: HostEntry<T>[] = [];
  #readyHead = 0;
  #size = 0;

  constructor(perHost: number) {
    this.#perHost = perHost;
  }

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  /** Items of `host` that wait and that are under way. */
  load(host: string): { readonly waiting: number; readonly inFlight: number } {
    const entry = this.#hosts.get(host);
    return entry === undefined
      ? { waiting: 0, inFlight: 0 }
      : { waiting: entry.items.length - entry.head, inFlight: entry.inFlight };
  }

  push(host: string, item: T): void {
    let entry = this.#hosts.get(host);
    if (entry === undefined) {
      entry = { host, items: [], head: 0, inFlight: 0, isReady: false };
      this.#hosts.set(host, entry);
    }
    entry.items.push(item);
    this.#size++;
    this.#markReady(entry);
  }

  /** The next item that may begin; it counts as under way until {@link finished}. */
  take(): T | undefined {
    const entry = this.#ready[this.#readyHead];
    if (entry === undefined) return undefined;
    this.#readyHead++;
    if (this.#readyHead > 1024 && this.#readyHead * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#readyHead);
      this.#readyHead = 0;
    }
    entry.isReady = false;
    const item = entry.items[entry.head] as T;
    entry.items[entry.head++] = undefined as T;
    if (entry.head > 1024 && entry.head * 2 > entry.items.length) {
      entry.items.splice(0, entry.head);
      entry.head = 0;
    }
    entry.inFlight++;
    this.#size--;
    this.#markReady(entry);
    return item;
  }

  /** An item of `host` is no longer under way. */
  finished(host: string): void {
    const entry = this.#hosts.get(host)!;
    entry.inFlight--;
    if (entry.inFlight === 0 && entry.head === entry.items.length) this.#hosts.delete(host);
    else this.#markReady(entry);
  }

  /** Empties the queues and gives what waited. What is under way still counts. */
  clear(): T[] {
    const waiting: T[] = [];
    for (const entry of this.#hosts.values()) {
      for (const item of entry.items.splice(entry.head)) waiting.push(item);
      entry.isReady = false;
      if (entry.inFlight === 0) this.#hosts.delete(entry.host);
    }
    this.#ready = [];
    this.#readyHead = 0;
    this.#size = 0;
    return waiting;
  }

  #markReady(entry: HostEntry<T>): void {
    if (entry.isReady || entry.head === entry.items.length || entry.inFlight >= this.#perHost) return;
    entry.isReady = true;
    this.#ready.push(entry);
  }
}

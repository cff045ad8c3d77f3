import type { Lookup, ResolvedAddress } from './lookup.ts';

/** How long answers are kept, in milliseconds, and how many. */
export interface HostCacheOptions {
  /** For answers that do not say how long they hold. Default 30 s. */
  readonly positiveMs?: number;
  /** For names that do not exist. Default 5 minutes. */
  readonly negativeMs?: number;
  readonly maxHosts?: number;
  /** The clock; default `performance.now`. */
  readonly now?: () => number;
}

interface Entry {
  answer: Promise<readonly ResolvedAddress[]>;
  goodUntil: number;
  /** The address that took a connection last. */
  preferred: string | undefined;
}

/** The name does not exist, or has no address: it will not come back in a moment (RFC 2308). */
const LASTING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);
const MAX_TTL_MS = 3_600_000;

/**
 * Remembers the addresses of hosts: one lookup a host at a time, answers kept for a while, names that do not exist for minutes. A failure
 * that may pass ("try again") is never kept.
 */
export class HostCache {
  readonly #lookup: Lookup;
  readonly #positiveMs: number;
  readonly #negativeMs: number;
  readonly #maxHosts: number;
  readonly #now: () => number;
  readonly #entries: Map<string, Entry> = new Map();

  constructor(lookup: Lookup, options: HostCacheOptions = {}) {
    this.#lookup = lookup;
    this.#positiveMs = options.positiveMs ?? 30_000;
    this.#negativeMs = options.negativeMs ?? 300_000;
    this.#maxHosts = options.maxHosts ?? 10_000;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Hosts that are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** The addresses of a host, the one that took a connection last at their head. Rejects as the {@link Lookup} does; an empty answer is `ENODATA`. */
  async addresses(host: string): Promise<readonly ResolvedAddress[]> {
    let entry = this.#entries.get(host);
    if (entry === undefined || this.#now() >= entry.goodUntil) entry = this.#begin(host, entry?.preferred);
    const addresses = await entry.answer;
    const { preferred } = entry;
    if (preferred === undefined || addresses[0]?.address === preferred) return addresses;
    const found = addresses.find(({ address }) => address === preferred);
    return found === undefined ? addresses : [found, ...addresses.filter((one) => one !== found)];
  }

  /** A connection to this address was made: it is tried first from now on. */
  prefer(host: string, address: string): void {
    const entry = this.#entries.get(host);
    if (entry !== undefined) entry.preferred = address;
  }

  /** No address of the host took a connection: ask again next time. */
  forget(host: string): void {
    this.#entries.delete(host);
  }

  #begin(host: string, preferred: string | undefined): Entry {
    const entry: Entry = { answer: this.#ask(host), goodUntil: Number.POSITIVE_INFINITY, preferred };
    // The oldest goes: a map keeps the order of insertion.
    this.#entries.delete(host);
    if (this.#entries.size >= this.#maxHosts) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(host, entry);
    entry.answer.then(
      (addresses) => {
        const ttls = addresses.map(({ ttlMs }) => ttlMs ?? this.#positiveMs);
        entry.goodUntil = this.#now() + Math.min(MAX_TTL_MS, ...ttls);
      },
      (error: NodeJS.ErrnoException) => {
        if (LASTING.has(error.code ?? '')) entry.goodUntil = this.#now() + this.#negativeMs;
        else if (this.#entries.get(host) === entry) this.#entries.delete(host);
      },
    );
    return entry;
  }

  async #ask(host: string): Promise<readonly ResolvedAddress[]> {
    const addresses = await this.#lookup(host);
    if (addresses.length > 0) return addresses;
    throw Object.assign(new Error(`${host} has no address`), { code: 'ENODATA', syscall: 'getaddrinfo' });
  }
}

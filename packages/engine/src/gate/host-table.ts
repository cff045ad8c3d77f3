import { HostGate, type HostGateOptions } from './host-gate.ts';
import { HostLine } from './host-line.ts';

/** How many hosts without work are remembered for what was learned about them. */
const REMEMBERED_HOSTS = 4096;

/** The hosts with work, and some thousand that had some: memory does not grow with the hosts of a list. */
export class HostTable<T> {
  readonly #gateOf: (host: string) => HostGateOptions;
  readonly #lines = new Map<string, HostLine<T>>();
  /** Without work, the least recently used first. */
  readonly #idle = new Map<string, HostLine<T>>();

  constructor(gateOf: (host: string) => HostGateOptions) {
    this.#gateOf = gateOf;
  }

  /** How many hosts have work. */
  get size(): number {
    return this.#lines.size;
  }

  /** The hosts with work. */
  lines(): IterableIterator<HostLine<T>> {
    return this.#lines.values();
  }

  active(host: string): HostLine<T> | undefined {
    return this.#lines.get(host);
  }

  /** A host that is known, with work or without. */
  known(host: string): HostLine<T> | undefined {
    return this.#lines.get(host) ?? this.#idle.get(host);
  }

  /** The host's line; made when it is the first time. */
  open(host: string, nowMs: number): HostLine<T> {
    let line = this.#lines.get(host);
    if (line !== undefined) return line;
    line = this.#idle.get(host);
    if (line === undefined) line = new HostLine<T>(host, new HostGate(this.#gateOf(host), nowMs));
    else this.#idle.delete(host);
    this.#lines.set(host, line);
    return line;
  }

  /** A host without work is remembered for a while. False when it has work. */
  retire(line: HostLine<T>): boolean {
    if (line.hasWork || this.#lines.get(line.host) !== line) return false;
    this.#lines.delete(line.host);
    this.#idle.set(line.host, line);
    if (this.#idle.size > REMEMBERED_HOSTS) this.#idle.delete(this.#idle.keys().next().value!);
    return true;
  }

  /** Asks anew what bounds the hosts that are known. */
  configure(nowMs: number): void {
    for (const lines of [this.#lines, this.#idle]) {
      for (const line of lines.values()) line.gate.configure(this.#gateOf(line.host), nowMs);
    }
  }
}

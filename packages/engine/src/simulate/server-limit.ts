import { ItemQueue } from '../gate/item-queue.ts';
import type { LimitModel } from './host-model.ts';

/** Virtual time began at this moment, in milliseconds since 1970: servers that tell dates and epoch seconds need one. */
export const EPOCH_MS = 1_800_000_000_000;

/** A server's own count of what it lets through, and what its replies tell of it. */
export class ServerLimit {
  readonly unit: 'requests' | 'tokens';
  /** The most that was used in any stretch of time as long as the limit's. */
  peak = 0;
  used = 0;
  readonly #model: LimitModel;
  readonly #burst: number;
  #level: number;
  #atMs = 0;
  #window = 0;
  readonly #log = new ItemQueue<{ readonly atMs: number; readonly amount: number }>();
  #recent = 0;

  constructor(model: LimitModel) {
    this.#model = model;
    this.unit = model.unit ?? 'requests';
    this.#burst = model.kind === 'bucket' ? (model.burst ?? model.limit) : model.limit;
    this.#level = this.#burst;
  }

  /** Whether a request may pass. What has no length yet passes while anything is left. */
  admits(nowMs: number): boolean {
    this.#turn(nowMs);
    return this.unit === 'tokens' ? this.#level > 0 : this.#level >= 1 - 1e-9;
  }

  count(nowMs: number, amount: number): void {
    this.#turn(nowMs);
    this.#level -= amount;
    this.used += amount;
    this.#log.push({ atMs: nowMs, amount });
    this.#recent += amount;
    this.peak = Math.max(this.peak, this.#recent);
  }

  /** The header fields that a reply carries. */
  write(headers: Map<string, string>, nowMs: number): void {
    const { tells = 'nothing', limit, perMs } = this.#model;
    if (tells === 'nothing') return;
    this.#turn(nowMs);
    const remaining = Math.max(0, Math.floor(this.#level + 1e-9));
    const fullInMs = this.#fullInMs(nowMs);
    if (tells === 'draft') {
      const name = `"${this.unit}"`;
      headers.set('ratelimit', `${name};r=${remaining};t=${Math.ceil(fullInMs / 1000)}`);
      const quotaUnit = this.unit === 'tokens' ? ';qu="tokens"' : '';
      headers.set('ratelimit-policy', `${name};q=${limit};w=${Math.ceil(perMs / 1000)}${quotaUnit}`);
    } else if (tells === 'epoch') {
      headers.set('x-ratelimit-limit', String(limit));
      headers.set('x-ratelimit-remaining', String(remaining));
      headers.set('x-ratelimit-reset', String(Math.ceil((EPOCH_MS + nowMs + fullInMs) / 1000)));
    } else {
      headers.set(`x-ratelimit-limit-${this.unit}`, String(this.#burst));
      headers.set(`x-ratelimit-remaining-${this.unit}`, String(remaining));
      headers.set(`x-ratelimit-reset-${this.unit}`, goDuration(fullInMs));
    }
  }

  /** What a refusal says. */
  retryAfter(nowMs: number): string | undefined {
    const waitMs = this.#opensInMs(nowMs);
    switch (this.#model.retryAfter ?? 'seconds') {
      case 'seconds':
        return String(Math.max(1, Math.ceil(waitMs / 1000)));
      case 'date':
        return new Date(EPOCH_MS + nowMs + Math.max(1000, waitMs)).toUTCString();
      case 'garbage':
        return 'soon';
      case 'zero':
        return '0';
      case 'a day':
        return '86400';
      case 'nothing':
        return undefined;
    }
  }

  /** How long until one more is let through. */
  #opensInMs(nowMs: number): number {
    if (this.#model.kind === 'bucket') {
      const least = this.unit === 'tokens' ? 0 : 1;
      return Math.max(0, least - this.#level) * (this.#model.perMs / this.#model.limit);
    }
    return this.#fullInMs(nowMs);
  }

  #fullInMs(nowMs: number): number {
    const { kind, limit, perMs } = this.#model;
    if (kind === 'bucket') return (this.#burst - this.#level) * (perMs / limit);
    if (kind === 'window') return (this.#window + 1) * perMs - nowMs;
    const oldest = this.#log.peek();
    return oldest === undefined ? 0 : Math.max(0, oldest.atMs + perMs - nowMs);
  }

  #turn(nowMs: number): void {
    const { kind, limit, perMs } = this.#model;
    for (
      let oldest = this.#log.peek();
      oldest !== undefined && oldest.atMs <= nowMs - perMs;
      oldest = this.#log.peek()
    ) {
      this.#log.shift();
      this.#recent -= oldest.amount;
    }
    if (kind === 'bucket') {
      this.#level = Math.min(this.#burst, this.#level + (nowMs - this.#atMs) * (limit / perMs));
      this.#atMs = nowMs;
    } else if (kind === 'sliding') this.#level = limit - this.#recent;
    else {
      const window = Math.floor(nowMs / perMs);
      if (window === this.#window) return;
      this.#window = window;
      this.#level = limit;
    }
  }
}

/** As Go writes it: `6m0s`, `1.5s`, `20ms`. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.ceil(ms % 60_000) / 1000;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

import type { HostProgress } from './progress.ts';

interface Tally {
  attempts: number;
  failures: number;
  totalMs: number;
}

/** A crawl meets hosts without end; the counters of the first few thousand are enough for a screen. */
const MAX_HOSTS = 4096;
const SHOWN = 10;

/** What happened at each host, in this process. */
export class HostTally {
  readonly #hosts = new Map<string, Tally>();

  add(host: string, isFailure: boolean, durationMs: number): void {
    let tally = this.#hosts.get(host);
    if (tally === undefined) {
      if (this.#hosts.size >= MAX_HOSTS || host === '') return;
      tally = { attempts: 0, failures: 0, totalMs: 0 };
      this.#hosts.set(host, tally);
    }
    tally.attempts++;
    tally.totalMs += durationMs;
    if (isFailure) tally.failures++;
  }

  /** The hosts that hurt most first: by failures, then by mean time. */
  worst(load: (host: string) => Pick<HostProgress, 'waiting' | 'inFlight' | 'gate'>): HostProgress[] {
    return [...this.#hosts]
      .map(([host, tally]) => ({
        host,
        attempts: tally.attempts,
        failures: tally.failures,
        meanMs: tally.totalMs / tally.attempts,
      }))
      .sort((a, b) => b.failures - a.failures || b.meanMs - a.meanMs)
      .slice(0, SHOWN)
      .map((host) => ({ ...host, ...load(host.host) }));
  }
}

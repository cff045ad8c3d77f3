import type { Progress } from '@sluice/engine';

/** A run's counters, as a screen could meet them. */
export function progressOf(changes: Partial<Progress> = {}): Progress {
  return {
    phase: 'running',
    stall: null,
    total: 2000,
    settled: 1234,
    done: 1200,
    failed: 34,
    inDoubt: 0,
    duplicates: 0,
    byClass: { client: 20, server: 14, ok: 1200 },
    inFlight: 48,
    loops: 1,
    loopsLost: 0,
    limit: 256,
    pause: null,
    isOutage: false,
    queued: 700,
    waitingForRetry: 12,
    elapsedMs: 12_345,
    settledHere: 1234,
    attempts: 1300,
    retries: 66,
    requests: 1400,
    bytesIn: 14_200_000,
    bytesOut: 310_000,
    ratePerSecond: 312.4,
    etaMs: 2_460,
    latency: { p50: 14, p95: 310, p99: 1820, max: 2400 },
    hosts: [
      { host: 'api.example', inFlight: 32, waiting: 668, attempts: 1200, failures: 34, meanMs: 81, gate: null },
      { host: 'slow.example', inFlight: 16, waiting: 32, attempts: 100, failures: 0, meanMs: 640, gate: null },
    ],
    drainLeftMs: null,
    ...changes,
  };
}

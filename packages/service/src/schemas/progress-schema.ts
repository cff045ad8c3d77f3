import { z } from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0);

/** A host's share of a run, in this process. */
export interface HostShare {
  readonly host: string;
  readonly inFlight: number;
  readonly waiting: number;
  readonly attempts: number;
  readonly failures: number;
  readonly meanMs: number;
}

/** What is known only of a run that goes on in this process. */
export interface LiveProgress {
  readonly inFlight: number;
  readonly limit: number;
  readonly queued: number;
  readonly waitingForRetry: number;
  readonly elapsedMs: number;
  readonly settledHere: number;
  readonly attempts: number;
  readonly retries: number;
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ratePerSecond: number;
  readonly etaMs: number | null;
  readonly latency: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
  readonly hosts: readonly HostShare[];
  readonly drainLeftMs: number | null;
}

/** How far a run is. */
export interface RunProgress {
  readonly total: number | null;
  readonly settled: number;
  readonly done: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly byClass: Readonly<Record<string, number>>;
  readonly live: LiveProgress | null;
}

const hostSchema = z.object({
  host: z.string(),
  inFlight: count,
  waiting: count,
  attempts: count,
  failures: count.describe('Attempts that did not end ok'),
  meanMs: milliseconds,
});

const liveSchema = z
  .object({
    inFlight: count,
    limit: count.describe('The most that may be in flight'),
    queued: count.describe('Read and not yet begun'),
    waitingForRetry: count,
    elapsedMs: milliseconds,
    settledHere: count.describe('Settled since the run was started or resumed here'),
    attempts: count,
    retries: count,
    requests: count,
    bytesIn: count,
    bytesOut: count,
    ratePerSecond: z.number().min(0).describe('Items settled a second, over the last seconds'),
    etaMs: milliseconds.nullable(),
    latency: z
      .object({
        p50: milliseconds.nullable(),
        p95: milliseconds.nullable(),
        p99: milliseconds.nullable(),
        max: milliseconds.nullable(),
      })
      .describe('Of whole attempts, in milliseconds'),
    hosts: z.array(hostSchema).describe('The hosts that hurt most first; at most 10'),
    drainLeftMs: milliseconds.nullable().describe('Until what is under way is cut, while draining'),
  })
  .meta({ id: 'LiveProgress' });

/** {@link RunProgress} as it is answered. */
export const progressSchema: z.ZodType<RunProgress> = z
  .object({
    total: count.nullable().describe('Items of the list, when known'),
    settled: count.describe('Items that have an outcome'),
    done: count,
    failed: count,
    inDoubt: count,
    byClass: z.record(z.string(), count).describe('Items with an outcome, by the class of their last attempt'),
    live: liveSchema.nullable().describe('Null unless the run goes on in this process'),
  })
  .meta({ id: 'Progress' });

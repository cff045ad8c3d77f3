import { GATE_REASONS, PAUSE_CODES } from '@sluice/engine';
import type { RunProgress } from '@sluice/engine/records';
import { z } from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0);

const gateSchema = z
  .object({
    limit: count.describe('Requests that may be under way at once: as configured, or as found out'),
    inFlight: count,
    perSecond: z
      .number()
      .min(0)
      .nullable()
      .describe('Requests a second that are allowed; null while nothing bounds them'),
    why: z.enum(GATE_REASONS).describe('What keeps the next request back'),
    opensInMs: milliseconds.nullable().describe('0: it is open; null: something has to end first'),
  })
  .meta({ id: 'Gate' });

const hostSchema = z.object({
  host: z.string(),
  inFlight: count,
  waiting: count,
  attempts: count,
  failures: count.describe('Attempts that did not end ok'),
  meanMs: milliseconds,
  gate: gateSchema.nullable().describe('How its gate stands; null when nothing is known of it any more'),
});

const liveSchema = z
  .object({
    stall: z
      .string()
      .nullable()
      .describe('Why nothing can be recorded at the moment; the run goes on when it is mended'),
    inFlight: count,
    loops: count.describe('Event loops that steps run in'),
    loopsLost: count.describe('How many of them have died and were replaced'),
    limit: count.describe('The most that may be in flight'),
    pause: z
      .object({ code: z.enum(PAUSE_CODES), message: z.string() })
      .nullable()
      .describe('Why it is pausing by itself; null when it does not'),
    isOutage: z.boolean().describe('Nothing answers just now: what fails costs no attempt'),
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

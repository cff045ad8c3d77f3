import type { RunProgress } from '@sluice/engine/records';
import { z } from 'zod';
import { progressSchema } from './progress-schema.ts';
import { type RunOptions, runOptionsSchema } from './submission-schema.ts';

const STATES = ['queued', 'running', 'draining', 'stopped', 'interrupted', 'complete', 'failed', 'unreadable'] as const;
const ACTIONS = ['stop', 'resume', 'retry', 'delete'] as const;

/**
 * How a run stands: `queued` waits for its turn; `draining` begins nothing new; `stopped` and `interrupted` (its process died) can go on;
 * `complete` has an outcome for every item; `failed` could not be carried on (`problem` says why); `unreadable` is a file that is no ledger.
 */
export type RunState = (typeof STATES)[number];

/** What can be asked of a run as it stands. */
export type RunAction = (typeof ACTIONS)[number];

/** Why a run is `failed` or `unreadable`. */
export interface RunProblem {
  readonly code: string;
  readonly detail: string;
}

/** A run as the API shows it. Times are ISO 8601. */
export interface Run {
  readonly id: string;
  readonly kind: string;
  readonly job: string | null;
  readonly list: string | null;
  readonly state: RunState;
  readonly owner: 'service' | 'elsewhere' | null;
  readonly queuePosition: number | null;
  readonly actions: readonly RunAction[];
  readonly options: RunOptions;
  readonly progress: RunProgress;
  readonly problem: RunProblem | null;
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

/** {@link Run} as it is answered. */
export const runSchema: z.ZodType<Run> = z
  .object({
    id: z.string(),
    kind: z.string().describe('The verb, or the kind of the job'),
    job: z.string().nullable().describe('The name of the registered job; null for a verb'),
    list: z.string().nullable().describe('The uploaded list; null for URLs that were submitted with the run'),
    state: z
      .enum(STATES)
      .describe(
        'queued: waits for its turn; draining: begins nothing new; stopped, interrupted (its process died): can go on; complete: every item has an outcome; failed: could not be carried on; unreadable: no ledger',
      ),
    owner: z.enum(['service', 'elsewhere']).nullable().describe('Which process carries it on now'),
    queuePosition: z.int().min(1).nullable().describe('Its place among the runs that wait for their turn'),
    actions: z.array(z.enum(ACTIONS)).describe('What can be asked of it as it stands'),
    options: runOptionsSchema,
    progress: progressSchema,
    problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Run' });

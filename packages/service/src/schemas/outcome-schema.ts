import { OUTCOME_CLASSES, type OutcomeClass } from '@sluice/engine';
import type { FailureCluster, OutcomeRecord } from '@sluice/engine/records';
import { z } from 'zod';

/** Which outcomes are asked for. */
export interface OutcomeQuery {
  readonly state?: 'done' | 'failed' | 'in-doubt' | 'pending' | undefined;
  readonly class?: OutcomeClass | undefined;
  readonly host?: string | undefined;
  readonly body: boolean;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of outcomes. */
export interface OutcomePage {
  readonly outcomes: readonly OutcomeRecord[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

/** The names of the outcome classes. */
export const CLASS_NAMES: readonly [OutcomeClass, ...OutcomeClass[]] = Object.keys(OUTCOME_CLASSES) as [
  OutcomeClass,
  ...OutcomeClass[],
];

/** {@link OutcomeRecord} as it is answered. */
export const outcomeSchema: z.ZodType<OutcomeRecord> = z
  .object({
    key: z.string(),
    position: z.int().nullable().describe('Line or row in the list; null for an item that a step emitted'),
    host: z.string(),
    state: z.string(),
    class: z.string().nullable(),
    code: z.string().nullable(),
    message: z.string().nullable(),
    attempts: z.int(),
    status: z.int().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    bodyBytes: z.int().nullable().describe('Size of the decoded body; null without one'),
    headers: z
      .array(z.tuple([z.string(), z.string()]))
      .nullable()
      .optional()
      .describe('With body=true: response headers, as [name, value]'),
    value: z.unknown().optional().describe('With body=true: what the step returned'),
    text: z.string().optional().describe('With body=true: a body that is text and of 1 MiB or less'),
    bodyBase64: z.string().optional().describe('With body=true: any other body of 1 MiB or less'),
  })
  .meta({ id: 'Outcome' });

/** {@link OutcomeQuery} as it is taken. */
export const outcomeQuerySchema: z.ZodType<OutcomeQuery> = z.strictObject({
  state: z.enum(['done', 'failed', 'in-doubt', 'pending']).optional(),
  class: z.enum(CLASS_NAMES).optional(),
  host: z.string().max(300).optional(),
  body: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .default(false)
    .describe('Bodies, headers and values too'),
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Outcomes a page; ignored for NDJSON'),
  cursor: z
    .string()
    .regex(/^-?\d{1,15}$/)
    .optional()
    .describe('`next` of the page before'),
});

/** {@link FailureCluster} as it is answered. */
export const clusterSchema: z.ZodType<FailureCluster> = z
  .object({
    class: z.string(),
    host: z.string(),
    code: z.string(),
    shape: z.string().describe('The message without what differs from item to item'),
    count: z.int(),
    exampleKey: z.string(),
    exampleMessage: z.string(),
  })
  .meta({ id: 'FailureCluster' });

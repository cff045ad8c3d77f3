import { parseDuration } from '@sluice/core';
import { parseRate } from '@sluice/engine';
import { z } from 'zod';

/** The most URLs that are taken with the submission itself; longer lists are uploaded. */
export const MAX_INLINE_URLS = 10_000;
const MAX_URL_LENGTH = 8192;

/** Bounds that can be changed while a run goes on. */
export interface RunBounds {
  readonly concurrency?: number | 'auto' | undefined;
  readonly perHost?: number | 'auto' | undefined;
  readonly rate?: string | undefined;
  readonly delay?: string | undefined;
  readonly maxErrors?: number | undefined;
}

/** How fast a run goes; what is left out keeps the default of the verb or job. */
export interface RunOptions extends RunBounds {
  readonly timeout?: string | undefined;
  readonly retries?: number | undefined;
}

/** What a client asks to be run. */
export type Submission = RunOptions &
  (
    | { readonly verb: 'fetch'; readonly urls: readonly string[] }
    | { readonly verb: 'fetch'; readonly list: string }
    | { readonly job: string }
  );

const auto = z.literal('auto');
const concurrency = z.union([z.int().min(1).max(10_000), auto]);
const perHost = z.union([z.int().min(1).max(1000), auto]);
const rate = z.string().max(100).refine(isRate, "is no rate: write '500/min' or '10/s'");
const delay = z.string().refine(isWait, "is no duration: write '200ms' or '1s'");

const boundFields = {
  concurrency: concurrency.optional().describe('Items under way at once, in all (default auto, up to 256)'),
  perHost: perHost.optional().describe('Requests to one host at once (default auto: found out for each, up to 32)'),
  rate: rate.optional().describe("Requests to one host in a time, as '500/min' (default: what servers tell)"),
  delay: delay.optional().describe("The least time between two requests to one host, as '200ms' (default 0)"),
  maxErrors: z.int().min(0).optional().describe('The run pauses when more items than this have failed'),
};

/** {@link RunBounds} of a run that goes on; at least one, and `none` for no rate and for no end of errors. */
export interface BoundsChange extends Omit<RunBounds, 'maxErrors'> {
  readonly maxErrors?: number | 'none' | undefined;
}

/** {@link BoundsChange} as it is taken. */
export const boundsSchema: z.ZodType<BoundsChange> = z
  .strictObject({
    ...boundFields,
    rate: z.union([z.literal('none'), rate]).optional(),
    maxErrors: z.union([z.literal('none'), z.int().min(0)]).optional(),
  })
  .refine((bounds) => Object.keys(bounds).length > 0, 'names nothing to change')
  .meta({ id: 'RunBounds' });

const optionFields = {
  ...boundFields,
  timeout: z
    .string()
    .refine(isDuration, "is no duration: write '30s' or '2min'")
    .optional()
    .describe("How long one attempt may take, as '30s' (default 120s)"),
  retries: z.int().min(0).max(100).optional().describe('Retries of what may pass by itself (default 4)'),
};

/** {@link RunOptions} as they are answered and kept. */
export const runOptionsSchema: z.ZodType<RunOptions> = z.object(optionFields).meta({ id: 'RunOptions' });

const url = z.string().max(MAX_URL_LENGTH).refine(isFetchable, 'is no http or https URL').meta({ format: 'uri' });

/** {@link Submission} as it is taken: nothing that is not named here. */
export const submissionSchema: z.ZodType<Submission> = z
  .union([
    z.strictObject({
      verb: z.literal('fetch'),
      urls: z.array(url).min(1).max(MAX_INLINE_URLS).describe('The list itself'),
      ...optionFields,
    }),
    z.strictObject({
      verb: z.literal('fetch'),
      list: z.string().max(200).describe('The id of a list that was uploaded to /api/v1/lists'),
      ...optionFields,
    }),
    z.strictObject({
      job: z.string().max(200).describe('The name of a job that is registered with the service'),
      ...optionFields,
    }),
  ])
  .meta({ id: 'Submission' });

function isRate(text: string): boolean {
  try {
    return parseRate(text).limit > 0;
  } catch {
    return false;
  }
}

function isDuration(text: string): boolean {
  return isWait(text) && parseDuration(text as `${number}s`) > 0;
}

function isWait(text: string): boolean {
  try {
    return parseDuration(text as `${number}s`) >= 0;
  } catch {
    return false;
  }
}

/** White space would make two lines of one URL, or be lost in it. */
function isFetchable(text: string): boolean {
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === 'http:' || protocol === 'https:';
}

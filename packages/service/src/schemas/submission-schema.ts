import { parseDuration } from '@sluice/core';
import { z } from 'zod';

/** The most URLs that are taken with the submission itself; longer lists are uploaded. */
export const MAX_INLINE_URLS = 10_000;
const MAX_URL_LENGTH = 8192;

/** How fast a run goes; what is left out keeps the default of the verb or job. */
export interface RunOptions {
  readonly concurrency?: number | undefined;
  readonly perHost?: number | undefined;
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

const optionFields = {
  concurrency: z.int().min(1).max(10_000).optional().describe('Items under way at once (default 256)'),
  perHost: z.int().min(1).max(1000).optional().describe('Items of one host under way at once (default 32)'),
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

function isDuration(text: string): boolean {
  try {
    return parseDuration(text as `${number}s`) > 0;
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

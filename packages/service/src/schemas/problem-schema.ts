import { z } from 'zod';
import { PROBLEM_TYPE, type Problem } from '../errors/problem.ts';

const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened, to what, and what to do'),
    code: z.string().describe('Stable, for programs'),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

/** A response body of several media types, as Fastify and OpenAPI write it. */
export interface ContentSchema<T> {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType<T> }>>;
}

/** The answers that every route of the API can give besides its own. */
export const PROBLEMS: { readonly '4xx': ContentSchema<Problem>; readonly '5xx': ContentSchema<Problem> } = {
  '4xx': {
    description: 'The request cannot be carried out; the problem (RFC 9457) says why',
    content: { [PROBLEM_TYPE]: { schema: problemSchema } },
  },
  '5xx': {
    description: 'The service cannot answer now, or failed',
    content: { [PROBLEM_TYPE]: { schema: problemSchema } },
  },
};

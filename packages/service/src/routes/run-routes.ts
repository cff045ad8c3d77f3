import type { RunProgress } from '@sluice/engine/records';
import { z } from 'zod';
import type { RunPage } from '../runs/run-book.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import { progressSchema } from '../schemas/progress-schema.ts';
import { type Run, runSchema } from '../schemas/run-schema.ts';
import { submissionSchema } from '../schemas/submission-schema.ts';
import type { Api, ApiGround } from './api.ts';

/** The run that a path names. */
export const runParams: z.ZodType<{ readonly id: string }> = z.object({ id: z.string().max(200) });

const pageSchema: z.ZodType<RunPage> = z
  .object({ runs: z.array(runSchema), next: z.string().nullable().describe('The cursor of the next page') })
  .meta({ id: 'RunPage' });

const pageQuery: z.ZodType<{ readonly limit: number; readonly cursor?: string | undefined }> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .max(300)
    .regex(/^\d{1,15}~/, 'is no cursor of this list')
    .optional(),
});

const submissionHeaders: z.ZodType<{ readonly 'idempotency-key'?: string | undefined }> = z.object({
  'idempotency-key': z.string().min(1).max(200).optional().describe('The same key and body again answer the same run'),
});

/** Submitting runs, and looking at them. */
export function runRoutes(api: Api, { book }: ApiGround): void {
  api.get(
    '/runs',
    {
      schema: {
        operationId: 'listRuns',
        summary: 'The runs, the newest first',
        description: 'All runs in the folder of the service, also those that it did not start.',
        tags: ['runs'],
        querystring: pageQuery,
        response: { 200: pageSchema, ...PROBLEMS },
      },
    },
    ({ query }) => book.page(query.limit, query.cursor),
  );

  api.post(
    '/runs',
    {
      schema: {
        operationId: 'submitRun',
        summary: 'Submits a run',
        description:
          'A fetch of URLs, of an uploaded list, or a job that is registered with the service. It begins at once, or is queued when as many runs go on as may. With an Idempotency-Key that was used before for the same body the run of that time is answered.',
        tags: ['runs'],
        headers: submissionHeaders,
        body: submissionSchema,
        response: { 201: runSchema, ...PROBLEMS },
      },
    },
    async ({ body, headers }, reply): Promise<Run> => {
      const { run, isReplay } = await book.submit(body, headers['idempotency-key']);
      reply.code(201).header('location', `/api/v1/runs/${encodeURIComponent(run.id)}`);
      if (isReplay) reply.header('idempotency-replayed', 'true');
      return run;
    },
  );

  api.get(
    '/runs/:id',
    {
      schema: {
        operationId: 'getRun',
        summary: 'A run as it stands',
        tags: ['runs'],
        params: runParams,
        response: { 200: runSchema, ...PROBLEMS },
      },
    },
    ({ params }) => book.get(params.id),
  );

  api.get(
    '/runs/:id/progress',
    {
      schema: {
        operationId: 'getProgress',
        summary: 'How far a run is',
        tags: ['runs'],
        params: runParams,
        response: { 200: progressSchema, ...PROBLEMS },
      },
    },
    async ({ params }): Promise<RunProgress> => (await book.get(params.id)).progress,
  );
}

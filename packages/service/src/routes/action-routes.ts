import type { OutcomeClass, RunChange } from '@sluice/engine';
import { z } from 'zod';
import { CLASS_NAMES } from '../schemas/outcome-schema.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import { type Run, runSchema } from '../schemas/run-schema.ts';
import { type BoundsChange, boundsSchema } from '../schemas/submission-schema.ts';
import type { Api, ApiGround } from './api.ts';
import { runParams } from './run-routes.ts';

const stopBody: z.ZodType<{ readonly cut: boolean } | null | undefined> = z
  .strictObject({ cut: z.boolean().default(false).describe('Cancel what is under way instead of letting it finish') })
  .nullish();

const retryBody: z.ZodType<{ readonly classes?: OutcomeClass[] | undefined } | null | undefined> = z
  .strictObject({
    classes: z
      .array(z.enum(CLASS_NAMES))
      .min(1)
      .optional()
      .describe('Only items of these outcome classes; in-doubt takes held items too. Default: all that failed'),
  })
  .nullish();

const retriedSchema: z.ZodType<{ readonly marked: number; readonly run: Run }> = z
  .object({ marked: z.int().describe('Items that are tried again'), run: runSchema })
  .meta({ id: 'Retried' });

/** What can be done to runs. */
export function actionRoutes(api: Api, { book }: ApiGround): void {
  api.post(
    '/runs/:id/stop',
    {
      schema: {
        operationId: 'stopRun',
        summary: 'Stops a run',
        description:
          'Nothing new begins, and what is under way may finish for the grace of the service; with { "cut": true } it is cancelled now. The run can be resumed.',
        tags: ['runs'],
        params: runParams,
        body: stopBody,
        response: { 202: runSchema, ...PROBLEMS },
      },
    },
    async ({ params, body }, reply): Promise<Run> => {
      reply.code(202);
      return book.stop(params.id, body?.cut === true);
    },
  );

  api.patch(
    '/runs/:id',
    {
      schema: {
        operationId: 'changeRun',
        summary: 'Changes the bounds of a run that goes on',
        description:
          'What is under way stays. When the run is stopped and gone on with later, it has the bounds again that it was submitted with.',
        tags: ['runs'],
        params: runParams,
        body: boundsSchema,
        response: { 200: runSchema, ...PROBLEMS },
      },
    },
    ({ params, body }): Promise<Run> => book.change(params.id, toChange(body)),
  );

  api.post(
    '/runs/:id/resume',
    {
      schema: {
        operationId: 'resumeRun',
        summary: 'Goes on with a run that was stopped, interrupted or failed',
        tags: ['runs'],
        params: runParams,
        response: { 202: runSchema, ...PROBLEMS },
      },
    },
    async ({ params }, reply): Promise<Run> => {
      reply.code(202);
      return book.resume(params.id);
    },
  );

  api.post(
    '/runs/:id/retry',
    {
      schema: {
        operationId: 'retryRun',
        summary: 'Tries failed items of a run again',
        description: 'Marks them, with their whole retry policy anew, and goes on with the run.',
        tags: ['runs'],
        params: runParams,
        body: retryBody,
        response: { 202: retriedSchema, ...PROBLEMS },
      },
    },
    async ({ params, body }, reply) => {
      reply.code(202);
      return book.retry(params.id, body?.classes);
    },
  );

  api.delete(
    '/runs/:id',
    {
      schema: {
        operationId: 'deleteRun',
        summary: 'Deletes a run that is not under way, with its ledger',
        tags: ['runs'],
        params: runParams,
        response: { 204: z.null().describe('It is gone'), ...PROBLEMS },
      },
    },
    async ({ params }, reply): Promise<null> => {
      await book.delete(params.id);
      reply.code(204);
      return null;
    },
  );
}

function toChange(bounds: BoundsChange): RunChange {
  return Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)) as RunChange;
}

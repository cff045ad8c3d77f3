import { z } from 'zod';
import { AllEvents } from '../events/all-events.ts';
import { RunEvents } from '../events/run-events.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import type { Api, ApiGround } from './api.ts';
import { runParams } from './run-routes.ts';

const EVENT_STREAM = 'text/event-stream';

const listenHeaders: z.ZodType<{ readonly 'last-event-id'?: string | undefined }> = z.object({
  'last-event-id': z
    .string()
    .max(100)
    .optional()
    .describe('The last id that was received: changes since then are told'),
});

const ownPages = { isOwnPagesOnly: true } as const;

/** What happens, as it happens. */
export function eventRoutes(api: Api, { book, streams }: ApiGround): void {
  api.get(
    '/runs/:id/events',
    {
      config: ownPages,
      exposeHeadRoute: false,
      schema: {
        operationId: 'listenToRun',
        summary: 'What happens to a run, live',
        description:
          'Server-sent events: `state` at every change, those that were missed since Last-Event-ID first; `progress` while the run goes on; `end` when it does not go on any more, and the stream ends. 204 tells a client that has seen the end not to come back.',
        tags: ['events'],
        params: runParams,
        headers: listenHeaders,
        response: {
          200: { description: 'Events', content: { [EVENT_STREAM]: { schema: z.string() } } },
          204: z.null().describe('There is nothing more to tell'),
          ...PROBLEMS,
        },
      },
    },
    async ({ params, headers }, reply) => {
      const run = await book.get(params.id);
      const lastEventId = headers['last-event-id'];
      if (run.owner === null && lastEventId !== undefined && book.changesSince(run.id, lastEventId).length === 0) {
        return reply.code(204).send(null);
      }
      const events = new RunEvents(
        book,
        run.id,
        streams.open(reply, () => events.stop()),
        lastEventId,
      );
      events.start();
    },
  );

  api.get(
    '/events',
    {
      config: ownPages,
      exposeHeadRoute: false,
      schema: {
        operationId: 'listenToAll',
        summary: 'What happens to all runs, live',
        description:
          'Server-sent events: `run` with a whole run whenever one was changed or got further, `removed` when one was deleted. A new listener is told of the runs that go on; the others are in the list of runs.',
        tags: ['events'],
        response: {
          200: { description: 'Events', content: { [EVENT_STREAM]: { schema: z.string() } } },
          ...PROBLEMS,
        },
      },
    },
    async (_request, reply) => {
      const events = new AllEvents(
        book,
        streams.open(reply, () => events.stop()),
      );
      events.start();
    },
  );
}

import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ServiceError } from '../errors/service-error.ts';
import type { StoredList } from '../lists/list-store.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import type { Api, ApiGround } from './api.ts';

const listSchema: z.ZodType<StoredList> = z
  .object({ id: z.string().describe('The name that a run is submitted with'), bytes: z.int() })
  .meta({ id: 'List' });

/** Uploading lists. The body goes from the socket to a file, never whole into memory. */
export function listRoutes(api: Api, { lists, book }: ApiGround): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(['text/plain', 'application/octet-stream'], (_request, payload, done) =>
    done(null, payload),
  );
  api.post(
    '/lists',
    {
      schema: {
        operationId: 'uploadList',
        summary: 'Uploads a list',
        description: 'One URL a line, as text/plain; blank lines and lines that begin with # are skipped.',
        tags: ['lists'],
        consumes: ['text/plain', 'application/octet-stream'],
        response: { 201: listSchema, ...PROBLEMS },
      },
    },
    async ({ body }, reply): Promise<StoredList> => {
      if (book.isClosing)
        throw new ServiceError('SLUICE_SERVICE_CLOSING', 'the service is closing; ask again when it is back');
      if (body === undefined || body === null) {
        throw new ServiceError('SLUICE_SERVICE_EMPTY_LIST', 'the body is empty: send one URL a line');
      }
      reply.code(201);
      try {
        return await lists.receive(body as IncomingMessage);
      } catch (error) {
        // What was not read of the body cannot be skipped: the connection ends with the answer.
        reply.header('connection', 'close');
        throw error;
      }
    },
  );
}

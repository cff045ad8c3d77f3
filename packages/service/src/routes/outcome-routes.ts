import { Readable } from 'node:stream';
import { type FailureCluster, readFailures } from '@sluice/engine/records';
import { LedgerError, type LedgerReader } from '@sluice/ledger';
import { z } from 'zod';
import { readLines, readPage } from '../outcomes/outcome-pages.ts';
import { clusterSchema, type OutcomePage, outcomeQuerySchema, outcomeSchema } from '../schemas/outcome-schema.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import type { Api, ApiGround } from './api.ts';
import { runParams } from './run-routes.ts';

const NDJSON = 'application/x-ndjson';

const outcomePageSchema: z.ZodType<OutcomePage> = z
  .object({ outcomes: z.array(outcomeSchema), next: z.string().nullable().describe('The cursor of the next page') })
  .meta({ id: 'OutcomePage' });

const clustersSchema: z.ZodType<{ readonly clusters: readonly FailureCluster[] }> = z
  .object({ clusters: z.array(clusterSchema) })
  .meta({ id: 'FailureClusters' });

const clusterQuery: z.ZodType<{ readonly limit: number }> = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** What a run's items came to. */
export function outcomeRoutes(api: Api, { book, readers }: ApiGround): void {
  api.get(
    '/runs/:id/outcomes',
    {
      schema: {
        operationId: 'listOutcomes',
        summary: 'The outcomes of a run',
        description: `Page by page, or with Accept: ${NDJSON} all of them as a stream of lines. Of a run that goes on it is what is recorded so far.`,
        tags: ['outcomes'],
        params: runParams,
        querystring: outcomeQuerySchema,
        response: {
          200: {
            description: 'A page, or a stream',
            content: { 'application/json': { schema: outcomePageSchema }, [NDJSON]: { schema: outcomeSchema } },
          },
          ...PROBLEMS,
        },
      },
    },
    async ({ params, query, headers }, reply) => {
      const { ledger } = await book.files(params.id);
      const wantsLines = headers.accept?.includes(NDJSON) === true;
      reply.type(wantsLines ? NDJSON : 'application/json').header('cache-control', 'no-store');
      const reader = await openIfBegun(ledger);
      if (wantsLines) {
        const lines = reader === undefined ? [] : closing(reader, readLines(reader, query));
        return reply.send(Readable.from(lines, { objectMode: false, highWaterMark: 65_536 }) as never);
      }
      if (reader === undefined) return { outcomes: [], next: null };
      await using _reader = reader;
      return await readPage(reader, query);
    },
  );

  api.get(
    '/runs/:id/failures',
    {
      schema: {
        operationId: 'listFailures',
        summary: 'What failed, like with like',
        description: 'Failures of one shape (class, host, code, message) are one cluster; the largest first.',
        tags: ['outcomes'],
        params: runParams,
        querystring: clusterQuery,
        response: { 200: clustersSchema, ...PROBLEMS },
      },
    },
    async ({ params, query }) => {
      await using reader = await openIfBegun((await book.files(params.id)).ledger);
      return { clusters: reader === undefined ? [] : await Array.fromAsync(readFailures(reader, query.limit)) };
    },
  );

  /** A run that waits for its turn has no ledger yet, and no outcomes. */
  async function openIfBegun(ledger: string): Promise<LedgerReader | undefined> {
    try {
      return await readers.open(ledger);
    } catch (error) {
      if (error instanceof LedgerError && error.code === 'SLUICE_LEDGER_NOT_FOUND') return undefined;
      throw error;
    }
  }
}

/** The lines, with the reader closed behind the last one, or when the client goes away. */
async function* closing(reader: LedgerReader, lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  await using _reader = reader;
  yield* lines;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { OpenStreams } from '../events/open-streams.ts';
import type { ListStore } from '../lists/list-store.ts';
import type { LedgerReaders } from '../outcomes/ledger-readers.ts';
import type { RunBook } from '../runs/run-book.ts';

/** An app whose routes are typed by their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes work with. */
export interface ApiGround {
  readonly book: RunBook;
  readonly lists: ListStore;
  readonly readers: LedgerReaders;
  readonly streams: OpenStreams;
}

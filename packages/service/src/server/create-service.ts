import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { UsageError } from '@sluice/core';
import type { FastifyInstance } from 'fastify';
import { OpenStreams } from '../events/open-streams.ts';
import { ListStore } from '../lists/list-store.ts';
import { LedgerReaders } from '../outcomes/ledger-readers.ts';
import { readPageFiles } from '../page/page-files.ts';
import { RunBook } from '../runs/run-book.ts';
import { TokenGuard } from '../security/token-guard.ts';
import { buildApp } from './build-app.ts';
import { checkOptions, type ServiceOptions } from './service-options.ts';

/** A service that listens. */
export interface Service extends AsyncDisposable {
  /** Where it listens, `http://127.0.0.1:8787` say. */
  readonly url: string;
  /** The Fastify instance: to look at, or to inject requests in tests. */
  readonly app: FastifyInstance;
  /** Takes no more requests, lets what its runs have under way finish for the grace, and leaves the runs resumable. Closing twice is the same close. */
  close(): Promise<void>;
}

/**
 * Starts the service over runs: an HTTP API with live events, and a page at `/`. Every run is a ledger in `folder`, so that runs outlive the
 * service, and the command line can read and go on with them.
 *
 * @throws UsageError for options that cannot be, or that would open it to others without a token; when the address cannot be listened on.
 * @example
 * await using service = await createService({ folder: 'runs', jobs: { enrich: enrichJob } });
 * console.log(`open ${service.url}`);
 */
export async function createService(options: ServiceOptions = {}): Promise<Service> {
  const checked = checkOptions(options);
  const folder = resolve(checked.folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lists = new ListStore(join(folder, 'lists'), checked.maxListBytes);
  await lists.open();
  const { jobs, allowPrivate, maxRuns, graceMs, allowedHosts, logger } = checked;
  const book = new RunBook({ folder, jobs, lists, allowPrivate, maxRuns, graceMs });
  const app = await buildApp({
    book,
    lists,
    readers: new LedgerReaders(),
    streams: new OpenStreams(),
    page: await readPageFiles(),
    token: checked.token === undefined ? undefined : new TokenGuard(checked.token),
    allowedHosts,
    logger,
  });
  try {
    await book.open();
    await app.listen({ host: checked.host, port: checked.port });
  } catch (error) {
    await app.close();
    throw listenError(error, checked.host, checked.port);
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= app.close();
    return closing;
  };
  return { url: urlOf(app.server.address() as AddressInfo), app, close, [Symbol.asyncDispose]: close };
}

function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new UsageError(`port ${port} of ${host} is taken: choose another one, or 0 for any that is free`, {
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    return new UsageError(`cannot listen on ${host}, port ${port}: ${code}`, { cause: error });
  }
  return error;
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

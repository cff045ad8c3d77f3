import { FileReader } from './client/file-reader.ts';
import { ThreadLink } from './client/thread-link.ts';
import type { LedgerReader } from './contract.ts';
import type { ReaderCalls, ReaderSetup } from './wire/messages.ts';

/**
 * Opens a ledger for reading, in a thread of its own: beside a live writer, which it never holds up, or after a dead one. Statements may
 * only look: no writing, no ATTACH, no extensions. A loop over `rows` that is kept open for long makes the writer's log grow.
 *
 * Rejects with a LedgerError: `SLUICE_LEDGER_NOT_FOUND`, `_NOT_A_LEDGER`, `_NEWER`, `_IO`, `_CORRUPT`; `rows` throws `SLUICE_LEDGER_SQL`
 * for a statement that is wrong or does more than read.
 *
 * @example
 * await using reader = await openReader('urls.run.db');
 * for await (const row of reader.rows('SELECT key, class FROM outcome WHERE state = ?', ['failed'])) console.log(row.key, row.class);
 */
export async function openReader(path: string): Promise<LedgerReader> {
  const setup: ReaderSetup = { path };
  const entry = new URL(`./thread/reader.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
  const link = new ThreadLink<ReaderCalls>(entry, setup, `the reader thread of ledger ${path}`);
  try {
    await link.ready();
    return new FileReader(path, link);
  } catch (error) {
    await link.exited();
    throw error;
  }
}

import { UsageError } from '@sluice/core';
import { FileLedger } from './client/file-ledger.ts';
import { ThreadLink } from './client/thread-link.ts';
import type { Ledger, NewRun } from './contract.ts';
import { openReader } from './open-reader.ts';
import type { WriterCalls, WriterReady, WriterSetup } from './wire/messages.ts';

/** Options of {@link openLedger}. */
export interface OpenLedgerOptions {
  /** Makes the ledger when the file is missing or empty. Without it a missing file is an error. An existing ledger is opened as it is. */
  readonly create?: NewRun;
  /**
   * Folds the log into the file when the ledger is closed. Default true: one file remains. With false closing is quicker while readers
   * have the file open; SQLite still folds the log in when nobody has.
   */
  readonly checkpointOnClose?: boolean;
  /** The file may not grow beyond this many bytes (rounded down to pages of 8 KiB): a run that would fails as on a full disk. Default: none. */
  readonly maxBytes?: number;
}

/**
 * Opens the ledger of one run for writing, in a thread of its own; one process at a time may. The lock dies with the process, whatever ends it.
 *
 * Rejects with a LedgerError: `SLUICE_LEDGER_NOT_FOUND`, `_NOT_A_LEDGER`, `_NEWER`, `_BUSY` (names the process that holds it), `_READONLY`,
 * `_IO`, `_CORRUPT`, `_FULL`. Not cancellable: it takes milliseconds.
 *
 * @example
 * const create = { id: 'r1', kind: 'fetch', definition: '{}', seed: 1, inputFingerprint: null };
 * await using ledger = await openLedger('urls.run.db', { create });
 * await ledger.admit({ from: null, to: '1', last: true, items: [{ position: 1, key: 'a', host: 'h', input: null }] });
 */
export async function openLedger(path: string, options: OpenLedgerOptions = {}): Promise<Ledger> {
  const { create = null, checkpointOnClose = true, maxBytes = null } = options;
  if (maxBytes !== null && !(maxBytes > 0))
    throw new UsageError(`maxBytes is a number of bytes above 0, not ${maxBytes}`);
  const setup: WriterSetup = { path, create, checkpointOnClose, maxBytes };
  const entry = new URL(`./thread/writer.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
  const link = new ThreadLink<WriterCalls>(entry, setup, `the writer thread of ledger ${path}`);
  try {
    return new FileLedger(path, link, await link.ready<WriterReady>(), openReader);
  } catch (error) {
    await link.exited();
    throw error;
  }
}

import { type LedgerReader, openReader } from '@sluice/ledger';
import { ServiceError } from '../errors/service-error.ts';

const MAX_READERS = 8;

/** Opens ledgers for reading: a thread each, so only a few at once. */
export class LedgerReaders {
  #open = 0;

  /**
   * Opens a ledger; the caller closes it.
   *
   * @throws ServiceError `SLUICE_SERVICE_BUSY` when too many are open; LedgerError `SLUICE_LEDGER_NOT_FOUND` for a run that has not begun.
   */
  async open(path: string): Promise<LedgerReader> {
    if (this.#open >= MAX_READERS) {
      throw new ServiceError(
        'SLUICE_SERVICE_BUSY',
        `${MAX_READERS} ledgers are being read at once: ask again in a second`,
      );
    }
    this.#open++;
    try {
      return this.#counted(await openReader(path));
    } catch (error) {
      this.#open--;
      throw error;
    }
  }

  #counted(reader: LedgerReader): LedgerReader {
    let isClosed = false;
    const close = async (): Promise<void> => {
      if (isClosed) return;
      isClosed = true;
      try {
        await reader.close();
      } finally {
        this.#open--;
      }
    };
    return {
      path: reader.path,
      run: () => reader.run(),
      counts: () => reader.counts(),
      rows: (sql, params) => reader.rows(sql, params),
      close,
      [Symbol.asyncDispose]: close,
    };
  }
}

import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { LedgerSummary, SummaryReply, SummaryRequest } from './summary-protocol.ts';

/** A summary; that there is no ledger yet; or why the file is none. */
export type Summary =
  | { readonly kind: 'ledger'; readonly ledger: LedgerSummary }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string };

interface Kept {
  readonly stamp: string;
  readonly summary: Promise<Summary>;
}

const MAX_KEPT = 10_000;

/** What ledgers say of their runs; a ledger is looked into again only when its files have changed. */
export class Summaries {
  readonly #kept = new Map<string, Kept>();
  readonly #waiting = new Map<number, (reply: SummaryReply) => void>();
  #thread: Worker | undefined;
  #lastId = 0;

  async of(path: string): Promise<Summary> {
    const stamp = await stampOf(path);
    if (stamp === undefined) {
      this.#kept.delete(path);
      return { kind: 'none' };
    }
    const kept = this.#kept.get(path);
    if (kept?.stamp === stamp) return kept.summary;
    const summary = this.#ask(path);
    this.#kept.delete(path);
    this.#kept.set(path, { stamp, summary });
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return summary;
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  async #ask(path: string): Promise<Summary> {
    const { promise, resolve } = Promise.withResolvers<SummaryReply>();
    const id = ++this.#lastId;
    this.#waiting.set(id, resolve);
    this.#thread ??= this.#start();
    this.#thread.postMessage({ id, path } satisfies SummaryRequest);
    const { summary, error } = await promise;
    return summary === undefined
      ? { kind: 'unreadable', reason: error ?? 'unknown' }
      : { kind: 'ledger', ledger: summary };
  }

  #start(): Worker {
    const isSource = import.meta.url.endsWith('.ts');
    const thread = new Worker(new URL(`./summary-thread.${isSource ? 'ts' : 'js'}`, import.meta.url), {
      execArgv: isSource ? ['--conditions=@sluice/source'] : [],
    });
    thread.on('message', (reply: SummaryReply) => {
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    // A file that brings the thread down must not bring the service down: it is asked again with a new thread.
    thread.on('error', () => undefined);
    thread.once('exit', () => {
      this.#thread = undefined;
      this.#kept.clear();
      for (const [id, resolve] of this.#waiting) resolve({ id, error: 'the thread that reads ledgers ended' });
      this.#waiting.clear();
    });
    return thread;
  }
}

/** Tells whether a ledger was written to: while a run goes on only its log is. */
async function stampOf(path: string): Promise<string | undefined> {
  const [file, log] = await Promise.all([path, `${path}-wal`].map((name) => stat(name).catch(() => undefined)));
  if (file === undefined) return undefined;
  return `${file.ino} ${file.size} ${file.mtimeMs} ${log?.size ?? 0} ${log?.mtimeMs ?? 0}`;
}

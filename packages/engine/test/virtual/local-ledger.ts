import type { Ledger, OpenLedgerOptions } from '@sluice/ledger';
import { FileLedger } from '../../../ledger/src/client/file-ledger.ts';
import type { ThreadLink } from '../../../ledger/src/client/thread-link.ts';
import { openReader } from '../../../ledger/src/open-reader.ts';
import { GroupCommit } from '../../../ledger/src/thread/group-commit.ts';
import { WriterSession } from '../../../ledger/src/thread/writer-session.ts';
import type { WriterCalls } from '../../../ledger/src/wire/messages.ts';

/** The longest that a message between the threads takes, in milliseconds. */
const MESSAGE_MS = 3;

/** A ledger whose writer is in this thread, and in virtual time: both sides of it are the real ones, what is between them is not. */
export interface LocalLedger {
  readonly ledger: Ledger;
  /** The process dies: what was not committed is gone. */
  kill(): void;
}

/** `random` says how long messages take, and which commits the disk refuses: so many of a hundred. */
export function openLocalLedger(
  path: string,
  { create = null }: { readonly create?: OpenLedgerOptions['create'] | null },
  random: () => number,
  refusedPercent: number,
): LocalLedger {
  const session = new WriterSession(path, { create: create ?? null, maxBytes: null });
  const commit = session.commit.bind(session);
  session.commit = () => {
    if (random() * 100 < refusedPercent) throw Object.assign(new Error('disk is full'), { errcode: 13 });
    commit();
  };
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let stalls: ((stall: Error | undefined) => void) | undefined;
  const failed: ((error: Error) => void)[] = [];
  // Messages keep their order.
  let lastAt = 0;
  const send = (deliver: () => void): void => {
    lastAt = Math.max(lastAt, performance.now() + random() * MESSAGE_MS);
    setTimeout(deliver, lastAt - performance.now());
  };
  const link = {
    failure: undefined as Error | undefined,
    onFailure: (callback: (error: Error) => void) => void failed.push(callback),
    onStall: (callback: (stall: Error | undefined) => void) => {
      stalls = callback;
    },
    call(call: keyof WriterCalls, request: never): Promise<unknown> {
      if (link.failure !== undefined) return Promise.reject(link.failure);
      const settlers = Promise.withResolvers<unknown>();
      const id = nextId++;
      waiting.set(id, settlers);
      send(() => commits.receive({ id, call, request }));
      return settlers.promise;
    },
    async close(): Promise<void> {
      await this.call('close', null as never);
    },
    exited: () => Promise.resolve(),
  };
  let nextId = 1;
  const answer = (id: number, value: unknown): void => send(() => waiting.get(id)?.resolve(value));
  const commits = new GroupCommit(session, path, true, {
    answer,
    stalled: (error) => send(() => stalls?.(error)),
    resumed: () => send(() => stalls?.(undefined)),
    failed: (error) => {
      send(() => {
        link.failure = error;
        for (const { reject } of waiting.values()) reject(error);
        for (const callback of failed.splice(0)) callback(error);
      });
    },
    closed: (id) => answer(id, null),
  });
  const ready = { run: session.run, created: session.created };
  return {
    ledger: new FileLedger(path, link as unknown as ThreadLink<WriterCalls>, ready, openReader),
    kill: () => session.abandon(),
  };
}

import { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import type { LedgerSummary, SummaryReply, SummaryRequest } from './summary-protocol.ts';

/** Entry of the thread that looks into ledgers: SQLite is synchronous, and a folder may hold thousands of them. */
const port = parentPort!;

port.on('message', ({ id, path }: SummaryRequest) => {
  let reply: SummaryReply;
  try {
    reply = { id, summary: summarize(path) };
  } catch (error) {
    reply = { id, error: (error as Error).message };
  }
  port.postMessage(reply);
});

/** Reads only what a ledger's documentation names. */
function summarize(path: string): LedgerSummary {
  using database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
  const run = database
    .prepare('SELECT kind, definition, state, total, created_at, updated_at, owner_pid FROM run')
    .get();
  if (run === undefined) throw new Error('the file has no run');
  const states = { done: 0, failed: 0, 'in-doubt': 0 };
  const byClass: Record<string, number> = {};
  for (const row of database.prepare('SELECT class, state, count FROM outcome_by_class').iterate()) {
    const count = Number(row.count);
    states[row.state as keyof typeof states] += count;
    byClass[String(row.class)] = (byClass[String(row.class)] ?? 0) + count;
  }
  return {
    kind: String(run.kind),
    definition: String(run.definition),
    state: run.state as LedgerSummary['state'],
    total: run.total as number | null,
    createdAt: Number(run.created_at),
    updatedAt: Number(run.updated_at),
    ownerPid: run.owner_pid as number | null,
    done: states.done,
    failed: states.failed,
    inDoubt: states['in-doubt'],
    byClass,
  };
}

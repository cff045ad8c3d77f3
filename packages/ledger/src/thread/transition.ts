import type { DatabaseSync } from 'node:sqlite';
import type { ItemState, Transition } from '../contract.ts';
import { UNREPORTED } from './record-store.ts';
import type { Tally } from './tally.ts';

/** Changes the state of every recorded item that `change` selects; answers how many. Inside the caller's transaction. */
export function applyTransition(database: DatabaseSync, tally: Tally, change: Transition): number {
  const { where, params } = selection(change);
  // An attempt that was announced and never reported on is in doubt, whatever becomes of its item. It has no class yet, so a selection by
  // class does not take it, and one without selects the same items before and after.
  const open = `${where} AND class IS NULL AND number IS NOT NULL`;
  const closed = Number(
    database
      .prepare(`UPDATE record SET class = 'in-doubt', message = ?, shape = ? WHERE ${open}`)
      .run(UNREPORTED, UNREPORTED, ...params).changes,
  );
  if (closed > 0) {
    tally.add(change.from, null, -closed);
    tally.add(change.from, 'in-doubt', closed);
  }
  const groups = database
    .prepare(`SELECT class, count(*) AS count FROM record WHERE ${where} GROUP BY class`)
    .all(...params) as unknown as readonly { class: string | null; count: number }[];
  let changed = 0;
  for (const group of groups) {
    tally.add(change.from, group.class, -group.count);
    tally.add(change.to, group.class, group.count);
    changed += group.count;
  }
  if (changed > 0) database.prepare(`UPDATE record SET ${assignments(change)} WHERE ${where}`).run(...params);
  return changed;
}

function assignments(change: Transition): string {
  const set = [`state = '${change.to satisfies ItemState}'`];
  if (change.to === 'pending') set.push('finished_at = NULL');
  else set.push(`finished_at = coalesce(finished_at, ${Date.now()})`);
  if (change.resetPolicy === true) set.push('spent = NULL', 'due_at = NULL');
  return set.join(', ');
}

/** Written as the partial indexes have it, and without a parameter: only so does SQLite know that an index holds all that is looked for. */
function stateTerm(state: ItemState): string {
  const isFailure = state === 'failed' || state === 'in-doubt';
  return `${isFailure ? "state IN ('failed', 'in-doubt') AND " : ''}state = '${state}'`;
}

function selection(change: Transition): { where: string; params: readonly (string | number)[] } {
  const terms = [stateTerm(change.from)];
  const params: (string | number)[] = [];
  const { idempotent, sent, classes, hosts, keys } = change.where ?? {};
  if (idempotent !== undefined) {
    terms.push('idempotent = ?');
    params.push(idempotent ? 1 : 0);
  }
  if (sent !== undefined) {
    terms.push('sent = ?');
    params.push(sent ? 1 : 0);
  }
  for (const [column, values] of [
    ['class', classes],
    ['host', hosts],
    ['key', keys],
  ] as const) {
    if (values === undefined) continue;
    terms.push(`${column} IN (SELECT value FROM json_each(?))`);
    params.push(JSON.stringify(values));
  }
  return { where: terms.join(' AND '), params };
}

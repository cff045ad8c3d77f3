import type { DatabaseSync } from 'node:sqlite';
import type {
  AttemptRow,
  DueItems,
  Intent,
  ItemState,
  NewItem,
  RecordedItem,
  ResultRow,
  Settlement,
} from '../contract.ts';
import { LedgerError } from '../errors.ts';
import { RecordStatements } from './record-statements.ts';
import { evidence, finishedAt, resultColumns, rounded } from './record-values.ts';
import type { SourceWindow } from './source-window.ts';
import type { Tally } from './tally.ts';

/** What is known of a recorded item before it changes. `class` is null while an intent has no verdict, or before any attempt. */
interface Recorded {
  readonly state: ItemState;
  readonly class: string | null;
  readonly number: number | null;
  readonly attempts: number;
  readonly depth: number;
  readonly key: string;
}

/** Message of an attempt that was announced and never reported on. */
export const UNREPORTED = 'the process ended before the outcome of this attempt was recorded';
const GIVEN_BACK = 'given back before anything was sent';

/** Writes items: their verdicts, intents, leases. Every method runs inside the caller's transaction. */
export class RecordStore {
  readonly #sql: RecordStatements;
  readonly #window: SourceWindow;
  readonly #tally: Tally;
  #lastEmitted: number;

  constructor(database: DatabaseSync, window: SourceWindow, tally: Tally) {
    this.#sql = new RecordStatements(database);
    this.#window = window;
    this.#tally = tally;
    const lowest = database.prepare('SELECT min(id) AS id FROM record').get()?.id as number | null;
    this.#lastEmitted = Math.min(0, lowest ?? 0);
  }

  /**
   * Records a verdict. An attempt is recorded once: a report whose number is not above the last concluded one, or of an item that was given
   * back, comes from an old lease and is dropped.
   */
  settle(settlement: Settlement): void {
    const { id, attempt } = settlement;
    if (this.#window.isLeased(id)) {
      this.#insert(settlement);
      this.#window.recorded(id);
      this.#emit(settlement.emits, id, 0);
      return;
    }
    const old = this.#find(id);
    if (old === undefined) {
      if (this.#window.isReleased(id)) return;
      throw contradiction(`item ${id} (${settlement.key}) was settled, but it was never admitted`);
    }
    const isOpen = old.number !== null && old.class === null;
    if (attempt === null) this.#changeState(settlement, old, isOpen);
    else if (attempt.number > old.attempts || (isOpen && attempt.number === old.number)) {
      if (!isOpen || attempt.number !== old.number) this.#sql.keepAttempt.run(id);
      this.#update(settlement, attempt, old);
    } else return;
    this.#emit(settlement.emits, id, old.depth);
  }

  /** Records that an attempt is about to be sent. Throws when the item is not in the caller's hands: it must not be sent then. */
  intent(intent: Intent, at: number): void {
    const { id, key } = intent;
    const started = Math.round(at);
    const url = intent.url === key ? '' : intent.url;
    if (this.#window.isLeased(id)) {
      const input = intent.input === key ? null : intent.input;
      this.#sql.insertIntent.run(
        id,
        key,
        intent.host,
        input,
        intent.attempt,
        intent.spent,
        intent.attempt,
        intent.method,
        url,
        started,
      );
      this.#window.recorded(id);
    } else {
      const old = this.#find(id);
      const isHeld = old?.state === 'leased' || old?.state === 'pending';
      if (old === undefined || !isHeld || intent.attempt <= old.attempts) {
        throw contradiction(
          `attempt ${intent.attempt} of item ${id} (${key}) was announced, but that item is not leased for it`,
        );
      }
      this.#sql.keepAttempt.run(id);
      this.#sql.updateIntent.run(intent.attempt, intent.spent, intent.attempt, intent.method, url, started, id);
      this.#tally.add(old.state, old.class, -1);
    }
    this.#tally.add('leased', null, 1);
  }

  /** Gives one leased item back. */
  release(id: number): void {
    if (this.#window.isLeased(id)) {
      this.#window.released(id);
      return;
    }
    const old = this.#find(id);
    if (old?.state !== 'leased') return;
    const isOpen = old.number !== null && old.class === null;
    if (isOpen) this.#sql.closeIntent.run('cancelled', GIVEN_BACK, GIVEN_BACK, id);
    this.#sql.release.run(id);
    this.#tally.add('leased', old.class, -1);
    this.#tally.add('pending', isOpen ? 'cancelled' : old.class, 1);
  }

  /** Leases pending items that are due; one row more than asked for tells when the next one is. */
  takeDue(limit: number, now: number): DueItems {
    const items: RecordedItem[] = [];
    for (const row of this.#sql.selectDue.all(limit + 1) as unknown as DueRow[]) {
      const { dueAt, class: className, ...item } = row;
      if (items.length === limit || (dueAt ?? now) > now) return { items, nextDueAt: dueAt ?? now };
      this.#sql.lease.run(item.id);
      this.#tally.add('pending', className, -1);
      this.#tally.add('leased', className, 1);
      items.push({ ...item, state: 'leased' });
    }
    return { items, nextDueAt: null };
  }

  /** Id of the recorded item with this key. */
  idOf(key: string): number | undefined {
    return this.#sql.findKey.get(key)?.id as number | undefined;
  }

  isRecorded(id: number): boolean {
    return this.#sql.isRecorded.get(id) !== undefined;
  }

  /** Records that `position` has the key of an earlier item; says it once however often the source is read. */
  duplicate(position: number, key: string, firstId: number): void {
    const { changes } = this.#sql.insertDuplicate.run(position, key, firstId);
    if (Number(changes) > 0) this.#tally.add('duplicate', null, 1);
  }

  #find(id: number): Recorded | undefined {
    return this.#sql.find.get(id) as unknown as Recorded | undefined;
  }

  #insert(settlement: Settlement): void {
    const { id, key, host, input, state, idempotent, sent, spent, attempt } = settlement;
    if (attempt !== null && settlement.result !== null && isFirstSuccess(settlement, attempt)) {
      this.#insertFirstSuccess(settlement, attempt, settlement.result);
      return;
    }
    this.#sql.insert.run(
      id,
      key,
      host,
      input === key ? null : input,
      state,
      idempotent ? 1 : 0,
      sent ? 1 : 0,
      attempt?.number ?? 0,
      spent,
      rounded(settlement.dueAt),
      finishedAt(state, attempt),
      ...evidence(attempt, key),
      ...resultColumns(settlement.result),
    );
    this.#tally.add(state, attempt?.class ?? null, 1);
  }

  #insertFirstSuccess({ id, key, host, input }: Settlement, attempt: AttemptRow, result: ResultRow): void {
    const { method, startedAt, durationMs, bytesIn, bytesOut, reused, address } = attempt;
    const { status, charset, headers, value, body } = result;
    this.#sql.insertFirstSuccess.run(
      id,
      key,
      host,
      input === key ? null : input,
      Math.round(startedAt + durationMs),
      method,
      Math.round(startedAt),
      durationMs,
      bytesIn,
      bytesOut,
      reused ? 1 : 0,
      address,
      status,
      charset,
      headers,
      value,
      body,
    );
    this.#tally.add('done', 'ok', 1);
  }

  #update(settlement: Settlement, attempt: AttemptRow, old: Recorded): void {
    const { id, state, idempotent, sent, spent } = settlement;
    this.#sql.settle.run(
      state,
      idempotent ? 1 : 0,
      sent ? 1 : 0,
      attempt.number,
      spent,
      rounded(settlement.dueAt),
      finishedAt(state, attempt),
      ...evidence(attempt, old.key),
      ...resultColumns(settlement.result),
      id,
    );
    this.#tally.add(old.state, old.class, -1);
    this.#tally.add(state, attempt.class, 1);
  }

  #changeState(settlement: Settlement, old: Recorded, isOpen: boolean): void {
    const { id, state, idempotent, sent, spent } = settlement;
    let className = old.class;
    if (isOpen) {
      className = sent ? 'in-doubt' : 'cancelled';
      const message = sent ? UNREPORTED : GIVEN_BACK;
      this.#sql.closeIntent.run(className, message, message, id);
    }
    this.#sql.changeState.run(
      state,
      idempotent ? 1 : 0,
      sent ? 1 : 0,
      old.attempts,
      spent,
      rounded(settlement.dueAt),
      finishedAt(state, null),
      id,
    );
    this.#tally.add(old.state, old.class, -1);
    this.#tally.add(state, className, 1);
  }

  /** Emitted items are recorded at once. A key that is known already, or that a leased source item will bring, is not recorded again. */
  #emit(items: readonly NewItem[], parent: number, depth: number): void {
    for (const { key, host, input } of items) {
      if (this.#window.positionOf(key) !== undefined) continue;
      const id = this.#lastEmitted - 1;
      const { changes } = this.#sql.insertEmitted.run(id, key, host, input === key ? null : input, parent, depth + 1);
      if (Number(changes) === 0) continue;
      this.#lastEmitted = id;
      this.#tally.add('pending', null, 1);
    }
  }
}

/** Whether the statement for first successes says everything about the item. */
function isFirstSuccess({ state, idempotent, sent, spent, dueAt, key }: Settlement, attempt: AttemptRow): boolean {
  return (
    state === 'done' &&
    idempotent &&
    sent &&
    spent === null &&
    dueAt === null &&
    attempt.number === 1 &&
    attempt.requests === 1 &&
    attempt.class === 'ok' &&
    attempt.code === null &&
    attempt.phase === null &&
    attempt.message === null &&
    attempt.url === key
  );
}

interface DueRow extends RecordedItem {
  readonly dueAt: number | null;
  readonly class: string | null;
}

function contradiction(what: string): LedgerError {
  return new LedgerError(`${what}; this is a bug of the caller, nothing of this commit was written`, {
    code: 'SLUICE_LEDGER_PROTOCOL',
  });
}

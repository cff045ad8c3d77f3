import type { AttemptRow, Intent, ItemState, NewItem, ResultRow, Settlement } from '../contract.ts';
import type { TapeReader, TapeWriter } from './tape.ts';

/** One thing a batch says, in the order in which it was said. */
export type BatchEntry =
  | { readonly kind: 'settle'; readonly settlement: Settlement }
  | { readonly kind: 'intent'; readonly intent: Intent; readonly at: number }
  | { readonly kind: 'release'; readonly id: number };

const SETTLE = 0;
const INTENT = 1;
const RELEASE = 2;

/** Item states by their number on the tape. */
const STATES: readonly ItemState[] = ['pending', 'leased', 'done', 'failed', 'in-doubt'];

const IDEMPOTENT = 1;
const SENT = 2;
const HAS_ATTEMPT = 4;
const HAS_RESULT = 8;
const REUSED = 16;

/** Writes one settlement; its body is copied. */
export function writeSettlement(tape: TapeWriter, settlement: Settlement): void {
  const { attempt, result } = settlement;
  tape.number(SETTLE);
  tape.number(settlement.id);
  writeItem(tape, settlement);
  tape.number(STATES.indexOf(settlement.state));
  tape.number(
    (settlement.idempotent ? IDEMPOTENT : 0) |
      (settlement.sent ? SENT : 0) |
      (attempt === null ? 0 : HAS_ATTEMPT) |
      (result === null ? 0 : HAS_RESULT) |
      (attempt?.reused === true ? REUSED : 0),
  );
  tape.optionalNumber(settlement.dueAt);
  tape.optionalText(settlement.spent);
  if (attempt !== null) writeAttempt(tape, attempt, settlement.key);
  if (result !== null) writeResult(tape, result);
  tape.number(settlement.emits.length);
  for (const item of settlement.emits) writeItem(tape, item);
  tape.entries++;
}

/** Writes one intent; `at` is the time of its attempt, epoch ms. */
export function writeIntent(tape: TapeWriter, intent: Intent, at: number): void {
  tape.number(INTENT);
  tape.number(intent.id);
  writeItem(tape, intent);
  tape.number(intent.attempt);
  tape.optionalText(intent.spent);
  tape.text(intent.method);
  tape.text(intent.url);
  tape.number(at);
  tape.entries++;
}

/** Writes that one leased item is given back. */
export function writeRelease(tape: TapeWriter, id: number): void {
  tape.number(RELEASE);
  tape.number(id);
  tape.entries++;
}

/** Reads the next entry. Its body is a view of the tape's memory. */
export function readEntry(tape: TapeReader): BatchEntry {
  const kind = tape.number();
  const id = tape.number();
  if (kind === RELEASE) return { kind: 'release', id };
  const { key, host, input } = readItem(tape);
  if (kind === INTENT) {
    const intent = {
      id,
      key,
      host,
      input,
      attempt: tape.number(),
      spent: tape.optionalText(),
      method: tape.text(),
      url: tape.text(),
    };
    return { kind: 'intent', intent, at: tape.number() };
  }
  const state = STATES[tape.number()] as ItemState;
  const flags = tape.number();
  const dueAt = tape.optionalNumber();
  const spent = tape.optionalText();
  const attempt = (flags & HAS_ATTEMPT) === 0 ? null : readAttempt(tape, key, (flags & REUSED) !== 0);
  const result = (flags & HAS_RESULT) === 0 ? null : readResult(tape);
  const emits: NewItem[] = [];
  for (let left = tape.number(); left > 0; left--) emits.push(readItem(tape));
  const settlement: Settlement = {
    id,
    key,
    host,
    input,
    state,
    idempotent: (flags & IDEMPOTENT) !== 0,
    sent: (flags & SENT) !== 0,
    dueAt,
    spent,
    attempt,
    result,
    emits,
  };
  return { kind: 'settle', settlement };
}

function writeItem(tape: TapeWriter, item: NewItem): void {
  tape.text(item.key);
  tape.text(item.host);
  tape.optionalText(item.input);
}

function readItem(tape: TapeReader): NewItem {
  return { key: tape.text(), host: tape.text(), input: tape.optionalText() };
}

function writeAttempt(tape: TapeWriter, attempt: AttemptRow, key: string): void {
  tape.number(attempt.number);
  tape.text(attempt.class);
  tape.optionalText(attempt.code);
  tape.optionalText(attempt.phase);
  tape.optionalText(attempt.message);
  tape.optionalText(attempt.method);
  // The key of a URL list is the URL: it crosses once.
  tape.number(attempt.url === key ? 1 : 0);
  if (attempt.url !== key) tape.optionalText(attempt.url);
  tape.number(attempt.startedAt);
  tape.number(attempt.durationMs);
  tape.number(attempt.bytesIn);
  tape.number(attempt.bytesOut);
  tape.optionalText(attempt.address);
  tape.number(attempt.requests);
}

function readAttempt(tape: TapeReader, key: string, reused: boolean): AttemptRow {
  return {
    number: tape.number(),
    class: tape.text(),
    code: tape.optionalText(),
    phase: tape.optionalText(),
    message: tape.optionalText(),
    method: tape.optionalText(),
    url: tape.number() === 1 ? key : tape.optionalText(),
    startedAt: tape.number(),
    durationMs: tape.number(),
    bytesIn: tape.number(),
    bytesOut: tape.number(),
    reused,
    address: tape.optionalText(),
    requests: tape.number(),
  };
}

function writeResult(tape: TapeWriter, result: ResultRow): void {
  tape.optionalNumber(result.status);
  tape.optionalText(result.headers);
  tape.optionalBytes(result.body);
  tape.optionalText(result.charset);
  tape.optionalText(result.value);
}

function readResult(tape: TapeReader): ResultRow {
  return {
    status: tape.optionalNumber(),
    headers: tape.optionalText(),
    body: tape.optionalBytes(),
    charset: tape.optionalText(),
    value: tape.optionalText(),
  };
}

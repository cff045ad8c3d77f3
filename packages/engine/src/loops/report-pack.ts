import type { AttemptRow, NewItem, ResultRow } from '@sluice/ledger';
import type { OutcomeClass } from '../outcome/classes.ts';
import type { AttemptReport } from '../run/attempt-report.ts';

/** A report as a loop sends it: a list costs half of what an object with as many names does. */
export type PackedReport = readonly [
  verdict: readonly [
    isDefinite: boolean,
    wasCutOff: boolean,
    isRetryable: boolean,
    spendsNothing: boolean,
    retryAfterMs: number | undefined,
  ],
  attempt: PackedAttempt,
  result: PackedResult | null,
  emits: readonly NewItem[],
  sent: boolean,
  mayHaveActed: boolean,
  hasRequested: boolean,
  wasCut: boolean,
];

type PackedAttempt = readonly [
  number: number,
  outcomeClass: string,
  code: string | null,
  phase: string | null,
  message: string | null,
  method: string | null,
  url: string | null,
  startedAt: number,
  durationMs: number,
  bytesIn: number,
  bytesOut: number,
  reused: boolean,
  address: string | null,
  requests: number,
];

/** The body is told by its length, and stands in the bytes of the batch; -1: none. */
type PackedResult = readonly [
  status: number | null,
  headers: string | null,
  bodyLength: number,
  charset: string | null,
  value: string | null,
];

const NO_EMITS: readonly NewItem[] = [];

/** Packs a report; its body is left to the caller. */
export function packReport(report: AttemptReport): PackedReport {
  const { verdict, emits, sent, mayHaveActed, hasRequested, wasCut } = report;
  return [
    [verdict.isDefinite, verdict.wasCutOff, verdict.isRetryable, verdict.spendsNothing, verdict.retryAfterMs],
    packAttempt(report.attempt),
    report.result === null ? null : packResult(report.result),
    emits.length === 0 ? NO_EMITS : emits,
    sent,
    mayHaveActed,
    hasRequested,
    wasCut,
  ];
}

/** The report, its body taken from `takeBytes`. */
export function unpackReport(packed: PackedReport, takeBytes: (length: number) => Uint8Array): AttemptReport {
  const [verdict, packedAttempt, result, emits, sent, mayHaveActed, hasRequested, wasCut] = packed;
  const attempt = unpackAttempt(packedAttempt);
  return {
    verdict: {
      class: attempt.class as OutcomeClass,
      code: attempt.code,
      message: attempt.message,
      isDefinite: verdict[0],
      wasCutOff: verdict[1],
      isRetryable: verdict[2],
      spendsNothing: verdict[3],
      retryAfterMs: verdict[4],
    },
    attempt,
    result: result === null ? null : unpackResult(result, takeBytes),
    emits,
    sent,
    mayHaveActed,
    hasRequested,
    wasCut,
  };
}

function packAttempt(row: AttemptRow): PackedAttempt {
  return [
    row.number,
    row.class,
    row.code,
    row.phase,
    row.message,
    row.method,
    row.url,
    row.startedAt,
    row.durationMs,
    row.bytesIn,
    row.bytesOut,
    row.reused,
    row.address,
    row.requests,
  ];
}

function unpackAttempt(packed: PackedAttempt): AttemptRow {
  const [number, outcomeClass, code, phase, message, method, url, startedAt, durationMs, bytesIn, bytesOut] = packed;
  return {
    number,
    class: outcomeClass,
    code,
    phase,
    message,
    method,
    url,
    startedAt,
    durationMs,
    bytesIn,
    bytesOut,
    reused: packed[11],
    address: packed[12],
    requests: packed[13],
  };
}

function packResult({ status, headers, body, charset, value }: ResultRow): PackedResult {
  return [status, headers, body === null ? -1 : body.length, charset, value];
}

function unpackResult(packed: PackedResult, takeBytes: (length: number) => Uint8Array): ResultRow {
  const [status, headers, bodyLength, charset, value] = packed;
  return { status, headers, body: bodyLength < 0 ? null : takeBytes(bodyLength), charset, value };
}

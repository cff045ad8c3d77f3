import { isCancelled } from '@sluice/core';
import { type HeaderList, HttpError, type Reply } from '@sluice/http';
import type { GateResult } from '../gate/host-gate.ts';
import { type AnnouncedLimit, readRateHeaders } from '../gate/read-rate-headers.ts';
import type { Verdict } from './verdict.ts';

/** What a reply tells its host's gate. */
export function resultOfReply(reply: Reply, verdict: Verdict): GateResult {
  const { class: outcomeClass, retryAfterMs } = verdict;
  const announced = announcedBy(reply.headers);
  if (announced === undefined && retryAfterMs === undefined)
    return outcomeClass === 'ok' ? OK : { class: outcomeClass };
  return { class: outcomeClass, retryAfterMs, ...(announced === undefined ? {} : { announced }) };
}

/** What a request without a reply tells its host's gate. */
export function resultOfError(error: unknown): GateResult {
  if (error instanceof HttpError) return { class: error.class, hasAnswer: isFromTheOtherSide(error) };
  return isCancelled(error) ? { class: 'cancelled' } : { class: 'step' };
}

const OK: GateResult = { class: 'ok' };

/** Whether anything came back: a host that refuses, closes or resets a connection is there, and a name that does not exist was looked up. */
function isFromTheOtherSide(error: HttpError): boolean {
  if (error.evidence.bytesIn > 0) return true;
  if (error.class === 'dns') return !error.temporary;
  if (error.class === 'connect') return codeOf(error.cause) === 'ECONNREFUSED';
  return error.class !== 'timeout';
}

function codeOf(cause: unknown): unknown {
  for (let error = cause, depth = 0; typeof error === 'object' && error !== null && depth < 4; depth++) {
    const { code, cause: deeper } = error as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string' && code.startsWith('E')) return code;
    error = deeper;
  }
  return undefined;
}

/** Most replies tell no limit: one look over the names is all that they cost. */
function announcedBy(headers: HeaderList): readonly AnnouncedLimit[] | undefined {
  const { raw } = headers;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (name.length >= 9 && /ratelimit/i.test(name))
      return readRateHeaders((wanted) => headers.get(wanted), Date.now());
  }
  return undefined;
}

import assert from 'node:assert/strict';
import type { FailureClass, HttpErrorCode, Phase, Reply, StatusClass } from '@sluice/http';
import type { Lab } from '@sluice/lab';

/** What has to come of a behaviour of the lab. */
export interface Expectation {
  readonly class: FailureClass | StatusClass;
  /** The error's code, or the status as text. */
  readonly code: HttpErrorCode | `${number}`;
  /** How far the request came. */
  readonly phase: Phase;
  /** Requests that went out. */
  readonly requests: number;
  /** Connections that are left open, and so can be used again. */
  readonly open: number;
  /** The connection that is left serves one exchange and no more: the lab has let go of it, or does the same each time. */
  readonly isSpent?: boolean;
  /** What the error says. */
  readonly says?: RegExp;
  /** The whole body, as text. */
  readonly body?: string;
  /** What else has to be true of the reply, whoever reads it. */
  readonly check?: (reply: Reply, lab: Lab) => void | Promise<void>;
  /** What only our reply can tell. */
  readonly tells?: (reply: Reply) => void;
  /** Where the transport over undici cannot do, or know, the same. */
  readonly byUndici?: Partial<Expectation>;
}

type Exceptions = Partial<Expectation>;

/** A whole reply over a connection that is kept. */
export function ok(rest: Exceptions): Expectation {
  return { class: 'ok', code: '200', phase: 'body', requests: 1, open: 1, ...rest };
}

/** A whole reply that says no. */
export function status(code: number, statusClass: StatusClass, rest: Exceptions = {}): Expectation {
  return { class: statusClass, code: `${code}`, phase: 'body', requests: 1, open: 1, ...rest };
}

/** A connection that could not be made: nothing was sent. */
export function unsent(failure: FailureClass, code: HttpErrorCode, phase: Phase, rest: Exceptions = {}): Expectation {
  return { class: failure, code, phase, requests: 0, open: 0, ...rest };
}

/** No answer to one request, and a connection that is closed. */
export function failed(failure: FailureClass, code: HttpErrorCode, phase: Phase, rest: Exceptions = {}): Expectation {
  return { class: failure, code, phase, requests: 1, open: 0, ...rest };
}

/** A head that breaks the rules. */
export function badHead(says: RegExp, rest: Exceptions = {}): Expectation {
  return failed('protocol', 'SLUICE_HTTP_MALFORMED', 'headers', { says, byUndici: { says: /./ }, ...rest });
}

/** A body whose framing breaks the rules. */
export function badFraming(says: RegExp): Expectation {
  return failed('protocol', 'SLUICE_HTTP_MALFORMED', 'body', { says, byUndici: { says: /./ } });
}

/** Something else than HTTP. */
export function notHttp(says: RegExp): Expectation {
  return failed('protocol', 'SLUICE_HTTP_NOT_HTTP', 'headers', { says });
}

/** A body that is not what it says of itself, over a connection that did nothing wrong. */
export function badBody(failure: FailureClass, code: HttpErrorCode, rest: Exceptions = {}): Expectation {
  return failed(failure, code, 'decode', { open: 1, ...rest });
}

/** The lab's echo of a GET request for this path. */
export function echoes(path: string): (reply: Reply) => void {
  return (reply) => {
    const echo = reply.json<{ url: string }>();
    assert.ok(echo.url.endsWith(path), echo.url);
  };
}

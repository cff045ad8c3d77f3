import { cancellable } from '@sluice/core';
import type { Reply } from '@sluice/http';
import type { Begun, RequestPass } from '../gate/gate-scheduler.ts';
import type { GateResult } from '../gate/host-gate.ts';
import { resultOfError, resultOfReply } from '../step/gate-result.ts';
import type { RequestGate } from '../step/request-gate.ts';
import { type Verdict, verdictOn } from '../step/verdict.ts';
import type { RunGates } from './run-gates.ts';
import type { WorkItem } from './work-item.ts';

/** The gates of a run as one item that is under way passes them: its first request to its own host has passed already. */
export class ItemGate<Input> implements RequestGate {
  readonly #gates: RunGates<Input>;
  readonly #begun: Begun<WorkItem<Input>>;
  #last: RequestPass | undefined;
  #cost = 0;

  constructor(gates: RunGates<Input>, begun: Begun<WorkItem<Input>>) {
    this.#gates = gates;
    this.#begun = begun;
  }

  /** What its requests were said to have cost. */
  get cost(): number {
    return this.#cost;
  }

  enter(url: string | URL): RequestPass | undefined | Promise<RequestPass> {
    const host = this.#hostOf(url);
    const own = host === this.#begun.host ? this.ownRequest() : undefined;
    if (own !== undefined || host === undefined) return own;
    let admitted: RequestPass | undefined;
    const { promise, resolve } = Promise.withResolvers<RequestPass>();
    const pass = this.#enter(host, (later) => {
      admitted = later;
      resolve(later);
    });
    if (typeof pass !== 'function') return pass;
    const onCancel = (): void => {
      // The cancel may have come while the pass was on its way.
      if (admitted === undefined) pass();
      else this.#gates.scheduler.giveBackRequest(admitted);
      this.#gates.changed();
    };
    return cancellable(promise, { onCancel });
  }

  /** The pass for a request to `url`, undefined where no gate stands; or, when it has to wait, what takes it back, and `admit` is called later. */
  enterLater(url: string | URL, admit: (pass: RequestPass) => void): RequestPass | undefined | (() => void) {
    const host = this.#hostOf(url);
    if (host === undefined) return undefined;
    return (host === this.#begun.host ? this.ownRequest() : undefined) ?? this.#enter(host, admit);
  }

  #enter(host: string, admit: (pass: RequestPass) => void): RequestPass | (() => void) {
    const { scheduler } = this.#gates;
    const pass = scheduler.request(host, admit);
    if (typeof pass !== 'function') return pass;
    // What it began with must not wait along with it: others could be waiting for that.
    scheduler.giveUpOwnRequest(this.#begun);
    this.#gates.changed();
    return pass;
  }

  /** The pass that the item has begun with; undefined when it has been used or given back. */
  ownRequest(): RequestPass | undefined {
    return this.#gates.scheduler.ownRequest(this.#begun);
  }

  answered(pass: RequestPass | undefined, reply: Reply): Verdict {
    if (pass === undefined) return verdictOn(reply);
    const refusal = this.#gates.refusalOf(pass.host, reply);
    const verdict = verdictOn(reply, refusal);
    this.endAnswered(pass, resultOfReply(reply, verdict));
    return verdict;
  }

  /** A request was answered; the result says how. */
  endAnswered(pass: RequestPass, result: GateResult): void {
    this.#gates.scheduler.endRequest(pass, result);
    this.#last = pass;
    this.#gates.changed();
  }

  /** The host refuses everything from now on. */
  exhausted(host: string, message: string): void {
    this.#gates.exhausted(host, message);
  }

  failed(pass: RequestPass | undefined, error: unknown, wasSent: boolean): void {
    if (pass !== undefined) this.endUnanswered(pass, resultOfError(error), wasSent);
  }

  /** A request was not answered; the result says why. `wasSent`: bytes of it may have left. */
  endUnanswered(pass: RequestPass, result: GateResult, wasSent: boolean): void {
    if ((result.class === 'cancelled' || result.class === 'step') && !wasSent)
      this.#gates.scheduler.giveBackRequest(pass);
    else this.#gates.scheduler.endRequest(pass, result);
    this.#gates.changed();
  }

  used(units: number | undefined, cost: number | undefined): void {
    this.#cost += cost ?? 0;
    if (units === undefined || this.#last === undefined) return;
    this.#gates.scheduler.correctUsage(this.#last, units);
    this.#last = undefined;
    this.#gates.changed();
  }

  /** The host of a URL; undefined for what is none. An item's own URL need not be parsed. */
  #hostOf(url: string | URL): string | undefined {
    if (typeof url !== 'string') return url.host;
    const { host } = this.#begun;
    return isOfHost(url, host) ? host : URL.parse(url, this.#gates.baseUrl)?.host;
  }
}

/** Whether it is plain to see that a URL is one of `host`. */
export function isOfHost(url: string | URL, host: string): boolean {
  if (typeof url !== 'string') return url.host === host;
  const begin = url.indexOf('//') + 2;
  return host !== '' && begin >= 7 && url.startsWith(host, begin) && isEndOfHost(url.charCodeAt(begin + host.length));
}

const SLASH = 47;
const QUESTION_MARK = 63;
const HASH = 35;

/** NaN is the end of the text. */
function isEndOfHost(code: number): boolean {
  return Number.isNaN(code) || code === SLASH || code === QUESTION_MARK || code === HASH;
}

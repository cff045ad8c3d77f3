import { cancellable } from '@sluice/core';
import type { Reply } from '@sluice/http';
import type { Begun, RequestPass } from '../gate/gate-scheduler.ts';
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
    const { scheduler } = this.#gates;
    const host = this.#hostOf(url);
    if (host === undefined) return undefined;
    const own = host === this.#begun.host ? scheduler.ownRequest(this.#begun) : undefined;
    if (own !== undefined) return own;
    let admit: ((pass: RequestPass) => void) | undefined;
    const pass = scheduler.request(host, (later) => admit!(later));
    if (typeof pass !== 'function') return pass;
    // What it began with must not wait along with it: others could be waiting for that.
    scheduler.giveUpOwnRequest(this.#begun);
    this.#gates.changed();
    let admitted: RequestPass | undefined;
    const waiting = new Promise<RequestPass>((resolve) => {
      admit = (later) => {
        admitted = later;
        resolve(later);
      };
    });
    const onCancel = (): void => {
      pass();
      // The cancel came while the pass was on its way.
      if (admitted !== undefined) scheduler.giveBackRequest(admitted);
      this.#gates.changed();
    };
    return cancellable(waiting, { onCancel });
  }

  answered(pass: RequestPass | undefined, reply: Reply): Verdict {
    if (pass === undefined) return verdictOn(reply);
    const refusal = this.#gates.refusalOf(pass.host, reply);
    const verdict = verdictOn(reply, refusal);
    this.#gates.scheduler.endRequest(pass, resultOfReply(reply, verdict));
    this.#last = pass;
    this.#gates.changed();
    return verdict;
  }

  failed(pass: RequestPass | undefined, error: unknown, wasSent: boolean): void {
    if (pass === undefined) return;
    const result = resultOfError(error);
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
    const begin = url.indexOf('//') + 2;
    if (host !== '' && begin >= 7 && url.startsWith(host, begin) && isEndOfHost(url.charCodeAt(begin + host.length)))
      return host;
    return URL.parse(url, this.#gates.baseUrl)?.host;
  }
}

const SLASH = 47;
const QUESTION_MARK = 63;
const HASH = 35;

/** NaN is the end of the text. */
function isEndOfHost(code: number): boolean {
  return Number.isNaN(code) || code === SLASH || code === QUESTION_MARK || code === HASH;
}

import { cancellable } from '@sluice/core';
import type { Reply } from '@sluice/http';
import type { RequestPass } from '../gate/gate-scheduler.ts';
import type { GateSettings } from '../run/gate-settings.ts';
import { isOfHost } from '../run/item-gate.ts';
import { resultOfError, resultOfReply } from '../step/gate-result.ts';
import type { RequestGate } from '../step/request-gate.ts';
import { type Verdict, verdictOn } from '../step/verdict.ts';
import type { LoopOutbox } from './loop-outbox.ts';
import { type LoopItem, OWN_REQUEST } from './messages.ts';

/** A pass that the main thread keeps; the number stands for it. */
interface NumberedPass extends RequestPass {
  readonly request: number;
}

/** The gates of a run as an attempt in a loop passes them: they stand in the main thread, which is asked. */
export class LoopGate implements RequestGate {
  readonly #call: number;
  readonly #item: LoopItem;
  readonly #settings: GateSettings;
  readonly #outbox: LoopOutbox;
  readonly #waiting = new Map<number, (host: string | undefined) => void>();
  #requests = OWN_REQUEST;
  #hasOwn: boolean;

  constructor(call: number, item: LoopItem, settings: GateSettings, outbox: LoopOutbox) {
    this.#call = call;
    this.#item = item;
    this.#settings = settings;
    this.#outbox = outbox;
    this.#hasOwn = item.host !== '';
  }

  enter(url: string | URL): RequestPass | undefined | Promise<RequestPass> {
    const { host } = this.#item;
    if (this.#hasOwn && isOfHost(url, host)) {
      this.#hasOwn = false;
      return { host, request: OWN_REQUEST } as NumberedPass;
    }
    // Whether it still has the pass that it began with is known only over there from now on.
    this.#hasOwn = false;
    const request = ++this.#requests;
    const call = this.#call;
    this.#outbox.post({ kind: 'enter', call, request, url: String(url) });
    const { promise, resolve } = Promise.withResolvers<RequestPass | undefined>();
    this.#waiting.set(request, (admittedBy) =>
      resolve(admittedBy === undefined ? undefined : ({ host: admittedBy, request } as NumberedPass)),
    );
    const onCancel = (): void => {
      this.#waiting.delete(request);
      this.#outbox.post({ kind: 'withdraw', call, request });
    };
    return cancellable(promise, { onCancel }) as Promise<RequestPass>;
  }

  /** The main thread lets a request through. */
  admit(request: number, host: string | undefined): void {
    this.#waiting.get(request)?.(host);
    this.#waiting.delete(request);
  }

  answered(pass: RequestPass | undefined, reply: Reply): Verdict {
    if (pass === undefined) return verdictOn(reply);
    const refusal = this.#settings.refusalOf(pass.host, reply);
    const verdict = verdictOn(reply, refusal);
    this.#outbox.post({
      kind: 'answered',
      call: this.#call,
      request: (pass as NumberedPass).request,
      result: resultOfReply(reply, verdict),
      exhausted: refusal?.kind === 'exhausted' ? refusal.message : undefined,
    });
    return verdict;
  }

  failed(pass: RequestPass | undefined, error: unknown, wasSent: boolean): void {
    if (pass === undefined) return;
    const { request } = pass as NumberedPass;
    this.#outbox.post({ kind: 'unanswered', call: this.#call, request, result: resultOfError(error), wasSent });
  }

  used(units: number | undefined, cost: number | undefined): void {
    this.#outbox.post({ kind: 'used', call: this.#call, units, cost });
  }
}

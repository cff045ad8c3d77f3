import { type Evidence, isIdempotentMethod, type Reply } from '@sluice/http';
import type { NewItem } from '@sluice/ledger';
import type { Verdict } from './verdict.ts';

/** A request that is not repeated without harm, and the method that it was asked for with: a redirect may have changed it. */
interface Act {
  readonly evidence: Evidence;
  readonly method: string;
}

/** What was seen of the requests of one attempt. */
export class AttemptFacts {
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** The evidence of the last request: of the one under way, when the attempt is cut in the middle of it. */
  last: Evidence | undefined;
  /** Whether bytes of any request may have left. */
  sent = false;
  /** The attempt has been judged: nothing that its step still does can count. */
  isOver = false;
  readonly emits: NewItem[] = [];
  /** What is under way: nearly always one request at a time. */
  #open: Evidence | undefined;
  #moreOpen: Set<Evidence> | undefined;
  #acts: Act[] | undefined;
  /** What was found out about replies beyond their status. */
  #verdicts: Map<Reply, Verdict> | undefined;

  /** A request begins; `evidence` is filled in while it goes on. */
  begin(evidence: Evidence, isRepeatable: boolean): void {
    if (this.#open === undefined) this.#open = evidence;
    else {
      this.#moreOpen ??= new Set();
      this.#moreOpen.add(evidence);
    }
    this.last = evidence;
    const { method } = evidence;
    if (isRepeatable || isIdempotentMethod(method)) return;
    this.#acts ??= [];
    this.#acts.push({ evidence, method });
  }

  /** A request ended, with an answer or without one. */
  end(evidence: Evidence): void {
    if (this.#open === evidence) this.#open = undefined;
    else this.#moreOpen?.delete(evidence);
    this.last = evidence;
    this.#add(evidence);
  }

  /** What a reply means, where its status alone does not say it. */
  judge(reply: Reply, verdict: Verdict): void {
    this.#verdicts ??= new Map();
    this.#verdicts.set(reply, verdict);
  }

  /** What {@link judge} was told. */
  verdictOn(reply: Reply): Verdict | undefined {
    return this.#verdicts?.get(reply);
  }

  /** The attempt is over: what is still open counts as it stands. */
  close(): void {
    this.isOver = true;
    if (this.#open !== undefined) this.#add(this.#open);
    if (this.#moreOpen !== undefined) for (const evidence of this.#moreOpen) this.#add(evidence);
    this.#open = undefined;
    this.#moreOpen = undefined;
  }

  /**
   * Whether a request may have had an effect that a repetition would have again. `refused` is the request whose own answer was the failure: the
   * server said no to it, unless that answer came only after a redirect had turned it into another one.
   */
  mayHaveActed(refused: Evidence | undefined): boolean {
    if (this.#acts === undefined) return false;
    return this.#acts.some(
      ({ evidence, method }) => evidence.sent && (evidence !== refused || evidence.method !== method),
    );
  }

  #add(evidence: Evidence): void {
    this.requests += evidence.requests;
    this.bytesIn += evidence.bytesIn;
    this.bytesOut += evidence.bytesOut;
    this.sent ||= evidence.sent;
  }
}

import { type Evidence, isIdempotentMethod } from '@sluice/http';
import type { NewItem } from '@sluice/ledger';

/** What was seen of the requests of one attempt. */
export class AttemptFacts {
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** The evidence of the last request: of the one under way, when the attempt is cut in the middle of it. */
  last: Evidence | undefined;
  /** Whether bytes of any request may have left. */
  sent = false;
  /** Requests that are not idempotent and were answered: a repetition of the step would repeat them. */
  acted = 0;
  readonly emits: NewItem[] = [];
  readonly #open = new Set<Evidence>();

  /** A request begins; `evidence` is filled in while it goes on. */
  begin(evidence: Evidence): void {
    this.#open.add(evidence);
    this.last = evidence;
  }

  /** A request ended, with an answer or without one. */
  end(evidence: Evidence, isRepeatable: boolean, wasAnswered: boolean): void {
    this.#open.delete(evidence);
    this.last = evidence;
    this.#add(evidence);
    if (wasAnswered && !isRepeatable && !isIdempotentMethod(evidence.method)) this.acted++;
  }

  /** The attempt is over: what is still open counts as it stands. */
  close(): void {
    for (const evidence of this.#open) this.#add(evidence);
    this.#open.clear();
  }

  #add(evidence: Evidence): void {
    this.requests += evidence.requests;
    this.bytesIn += evidence.bytesIn;
    this.bytesOut += evidence.bytesOut;
    this.sent ||= evidence.sent;
  }
}

import { UsageError } from '@sluice/core';
import { classifyStatus, type Evidence, HttpError, HttpStatusError, type Reply, type Session } from '@sluice/http';
import type { AttemptFacts } from './attempt-facts.ts';
import type { StepHttp, StepRequestOptions } from './step-context.ts';

/** The run's session as one attempt of a step uses it: it keeps the evidence of every request. */
export class StepSession implements StepHttp {
  readonly #session: Session;
  readonly #facts: AttemptFacts;

  constructor(session: Session, facts: AttemptFacts) {
    this.#session = session;
    this.#facts = facts;
  }

  get(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('GET', url, options);
  }

  head(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('HEAD', url, options);
  }

  options(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('OPTIONS', url, options);
  }

  post(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('POST', url, options);
  }

  put(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('PUT', url, options);
  }

  patch(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('PATCH', url, options);
  }

  delete(url: string | URL, options?: StepRequestOptions): Promise<Reply> {
    return this.request('DELETE', url, options);
  }

  async request(method: string, url: string | URL, options: StepRequestOptions = {}): Promise<Reply> {
    if (this.#facts.isOver)
      throw new UsageError(`${method} ${String(url)}: the attempt that this request belongs to is over`);
    const { accept, ...requestOptions } = options;
    const onEvidence = (evidence: Evidence): void => {
      this.#facts.begin(evidence, options.idempotencyKey !== undefined);
      options.onEvidence?.(evidence);
    };
    let reply: Reply;
    try {
      reply = await this.#session.request(method, url, { ...requestOptions, onEvidence });
    } catch (error) {
      if (error instanceof HttpError) this.#facts.end(error.evidence);
      throw error;
    }
    this.#facts.end(reply.evidence);
    if (accept === undefined) return reply.requireOk();
    if (accept(reply.status)) return reply;
    const verdict = classifyStatus(reply.status, reply.headers);
    throw new HttpStatusError(reply, verdict === 'ok' ? 'client' : verdict);
  }
}

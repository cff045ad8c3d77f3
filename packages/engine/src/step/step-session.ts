import { UsageError } from '@sluice/core';
import { type Evidence, HttpError, HttpStatusError, type Reply, type Session } from '@sluice/http';
import type { RequestPass } from '../gate/gate-scheduler.ts';
import type { AttemptFacts } from './attempt-facts.ts';
import type { RequestGate } from './request-gate.ts';
import type { StepHttp, StepRequestOptions } from './step-context.ts';
import { verdictOn } from './verdict.ts';

const NO_OPTIONS: StepRequestOptions = {};

/** The run's session as one attempt of a step uses it: every request passes its host's gate, and its evidence is kept. */
export class StepSession implements StepHttp {
  readonly #session: Session;
  readonly #facts: AttemptFacts;
  readonly #gate: RequestGate | undefined;

  constructor(session: Session, facts: AttemptFacts, gate: RequestGate | undefined) {
    this.#session = session;
    this.#facts = facts;
    this.#gate = gate;
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

  async request(method: string, url: string | URL, options: StepRequestOptions = NO_OPTIONS): Promise<Reply> {
    if (this.#facts.isOver)
      throw new UsageError(`${method} ${String(url)}: the attempt that this request belongs to is over`);
    const entering = this.#gate?.enter(url);
    return await this.make(entering instanceof Promise ? await entering : entering, method, url, options);
  }

  /** Makes a request that has passed its host's gate; undefined for one that has none. */
  async make(
    pass: RequestPass | undefined,
    method: string,
    url: string | URL,
    options: StepRequestOptions = NO_OPTIONS,
  ): Promise<Reply> {
    let evidence: Evidence | undefined;
    const onEvidence = (begun: Evidence): void => {
      evidence = begun;
      this.#facts.begin(begun, options.idempotencyKey !== undefined);
      options.onEvidence?.(begun);
    };
    let reply: Reply;
    try {
      reply = await this.#session.request(method, url, { ...options, onEvidence });
    } catch (error) {
      if (error instanceof HttpError) this.#facts.end(error.evidence);
      this.#gate?.failed(pass, error, evidence?.sent === true);
      throw error;
    }
    this.#facts.end(reply.evidence);
    const verdict = this.#gate?.answered(pass, reply) ?? verdictOn(reply);
    if (verdict.class !== 'ok') this.#facts.judge(reply, verdict);
    const { accept } = options;
    if (accept === undefined ? verdict.class === 'ok' : accept(reply.status)) return reply;
    throw new HttpStatusError(reply, verdict.class === 'ok' ? 'client' : verdict.class);
  }
}

import { classifyFailure } from './classify-failure.ts';
import type { DeadlineEntry, DeadlineList } from './deadline-list.ts';
import { HttpError, type HttpErrorCode } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import { HeaderList } from './header-list.ts';
import { moment } from './moment.ts';
import type { Limits } from './options.ts';
import type { BodyTap, TapSource } from './stream/body-tap.ts';
import type { Call, ConnectPhase, Transport, TransportHandler, TransportRequest } from './transport/transport.ts';
import { TransportFailure } from './transport/transport-failure.ts';

/** A response as it came, whole by its framing. */
export interface RawReply {
  readonly status: number;
  readonly headers: HeaderList;
  /** Content, not decoded. */
  readonly body: Uint8Array;
}

const CONNECT_TIMING = { dns: 'dnsMs', connect: 'connectMs', tls: 'tlsMs' } as const;

function connectLimitMs(limits: Limits, phase: ConnectPhase): number {
  return limits[CONNECT_TIMING[phase]];
}

/** Who wants to know what an exchange came to. One of the two is called, once, perhaps before {@link Exchange.start} returns. */
export interface ExchangeOwner {
  /** Bodies are wanted piece by piece: {@link tapFor} is asked for each head. */
  readonly isTapped: boolean;
  /** Who takes the body of this response; undefined when it is to be collected. */
  tapFor(status: number, headers: HeaderList, exchange: Exchange): BodyTap | undefined;
  onReply(raw: RawReply): void;
  /** An {@link HttpError}, or what {@link Exchange.abort} was given. */
  onFailure(error: unknown, exchange: Exchange): void;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * One request and its answer on the wire: collects the body under its cap, holds the deadlines, writes the evidence, and ends in a
 * {@link RawReply} or an {@link HttpError}.
 */
export class Exchange implements TransportHandler, DeadlineEntry, TapSource {
  dueAt: number;
  slot = -1;
  /** The server had closed a kept connection when the request came: not a byte of an answer was seen. */
  diedOnReuse = false;
  readonly #limits: Limits;
  readonly #evidence: EvidenceRecord;
  readonly #deadlines: DeadlineList;
  readonly #sentBefore: boolean;
  #call: Call | undefined;
  readonly #owner: ExchangeOwner;
  #isOver = false;
  /** Why it ends, when that was our own decision: the transport may not have returned the call yet. */
  #abortReason: unknown;
  #phaseBy = Number.POSITIVE_INFINITY;
  #connectPhase: ConnectPhase | undefined;
  /** When the present phase began. */
  #phaseSince = 0;
  #informational = 0;
  #status = 0;
  #headers: HeaderList | undefined;
  /** The body as far as it came: one chunk more often than not. */
  #body: Uint8Array = NOTHING;
  #chunks: Uint8Array[] | undefined;
  #tap: BodyTap | undefined;
  #isHeld = false;
  #bodyBytes = 0;
  #lastDataAt = 0;
  #windowEnd = 0;
  #windowBytes = 0;

  constructor(limits: Limits, evidence: EvidenceRecord, deadlines: DeadlineList, owner: ExchangeOwner) {
    this.#owner = owner;
    this.#limits = limits;
    this.#evidence = evidence;
    this.#deadlines = deadlines;
    this.#sentBefore = evidence.sent;
    this.dueAt = this.#endBy;
    evidence.beginExchange();
  }

  /** When the whole request must be done. */
  get #endBy(): number {
    return this.#evidence.begunAt + this.#limits.timeoutMs;
  }

  /** Puts the request on the wire. */
  start(transport: Transport, request: TransportRequest): this {
    this.#deadlines.add(this);
    const call = transport.dispatch(request, this);
    this.#call = call;
    if (this.#isOver) this.#account(call);
    else if (this.#abortReason !== undefined) call.abort(this.#abortReason);
    return this;
  }

  /** Ends the exchange with `reason` and closes its connection; does nothing after its end. */
  abort(reason: unknown): void {
    if (this.#isOver || this.#abortReason !== undefined) return;
    this.#abortReason = reason;
    this.#call?.abort(reason);
  }

  /** Holds the response back: no deadline but that of the whole request counts until {@link release}. */
  hold(): void {
    this.#isHeld = true;
    this.#call?.pause();
  }

  release(): void {
    this.#isHeld = false;
    this.#restartBodyClock(moment());
    this.#call?.resume();
  }

  onConnecting(phase: ConnectPhase): void {
    const nowMs = moment();
    this.#leaveConnectPhase(nowMs);
    this.#connectPhase = phase;
    this.#evidence.phase = phase;
    this.#setPhaseDeadline(nowMs + connectLimitMs(this.#limits, phase));
  }

  #leaveConnectPhase(nowMs: number): void {
    if (this.#connectPhase !== undefined) {
      const { timings } = this.#evidence;
      const name = CONNECT_TIMING[this.#connectPhase];
      timings[name] = (timings[name] ?? 0) + nowMs - this.#phaseSince;
    }
    this.#phaseSince = nowMs;
  }

  onSent(): void {
    const nowMs = moment();
    const evidence = this.#evidence;
    evidence.phase = 'wait';
    evidence.sent = true;
    evidence.requests++;
    this.#leaveConnectPhase(nowMs);
    this.#connectPhase = undefined;
    this.#setPhaseDeadline(nowMs + this.#limits.headersMs);
  }

  onInformational(status: number): void {
    this.#evidence.phase = 'headers';
    if (++this.#informational > this.#limits.maxInformational) {
      this.#stop(
        'SLUICE_HTTP_TOO_MANY_INFORMATIONAL',
        `more than ${this.#limits.maxInformational} informational responses (${status})`,
      );
    }
  }

  onHeaders(status: number, fields: HeaderList | readonly string[], httpVersion: string): void {
    const headers = fields instanceof HeaderList ? fields : new HeaderList(fields);
    this.#status = status;
    this.#headers = headers;
    const evidence = this.#evidence;
    evidence.phase = 'body';
    evidence.httpVersion = httpVersion;
    const nowMs = moment();
    evidence.timings.waitMs = nowMs - this.#phaseSince;
    this.#phaseSince = nowMs;
    this.#lastDataAt = nowMs;
    this.#windowEnd =
      this.#limits.minBytesPerSecond > 0 ? nowMs + this.#limits.minSpeedOverMs : Number.POSITIVE_INFINITY;
    this.#setPhaseDeadline(Math.min(nowMs + this.#limits.idleMs, this.#windowEnd));
    if (this.#owner.isTapped) this.#tap = this.#owner.tapFor(status, headers, this);
  }

  onData(chunk: Uint8Array): void {
    this.#bodyBytes += chunk.length;
    this.#windowBytes += chunk.length;
    if (this.#bodyBytes > this.#limits.maxBodyBytes) {
      this.#dropBody();
      this.#stop('SLUICE_HTTP_BODY_TOO_LARGE', `the body is larger than ${this.#limits.maxBodyBytes} bytes`);
      return;
    }
    this.#lastDataAt = moment();
    if (this.#tap !== undefined) this.#tap.onChunk(chunk);
    else if (this.#body === NOTHING) this.#body = chunk;
    else {
      this.#chunks ??= [this.#body];
      this.#chunks.push(chunk);
    }
  }

  onEnd(unverifiedLength: boolean): void {
    if (this.#isOver) return;
    const evidence = this.#evidence;
    evidence.timings.bodyMs = moment() - this.#phaseSince;
    if (unverifiedLength) evidence.unverifiedLength = true;
    this.#end();
    this.#owner.onReply({
      status: this.#status,
      headers: this.#headers!,
      body: this.#chunks === undefined ? this.#body : Buffer.concat(this.#chunks, this.#bodyBytes),
    });
  }

  onError(error: unknown): void {
    if (this.#isOver) return;
    const call = this.#call;
    const evidence = this.#evidence;
    if (call !== undefined) {
      this.#refinePhase(call);
      this.#leavePhase();
      if (call.bytesOut === 0) evidence.sent = this.#sentBefore;
      this.diedOnReuse =
        call.reused &&
        call.bytesIn === 0 &&
        error instanceof TransportFailure &&
        (error.kind === 'closed' || error.kind === 'reset');
    }
    this.#end();
    this.#dropBody();
    if (error === this.#abortReason) {
      this.#owner.onFailure(error, this);
      return;
    }
    const verdict = classifyFailure(error, { sent: call === undefined || call.bytesOut > 0, phase: evidence.phase });
    const { code, message, temporary } = verdict;
    this.#owner.onFailure(new HttpError(code, message, { cause: error, evidence, temporary }), this);
  }

  onDue(nowMs: number): void {
    const limits = this.#limits;
    const { phase } = this.#evidence;
    if (nowMs >= this.#endBy) {
      this.#stop('SLUICE_HTTP_TIMEOUT', `not done within ${limits.timeoutMs} ms`);
    } else if (nowMs < this.#phaseBy) {
      this.dueAt = Math.min(this.#endBy, this.#phaseBy);
    } else if (phase === 'dns') {
      this.#stop('SLUICE_HTTP_DNS_TIMEOUT', `the name was not looked up within ${limits.dnsMs} ms`, true);
    } else if (phase === 'connect' || phase === 'tls') {
      this.#stop(
        'SLUICE_HTTP_CONNECT_TIMEOUT',
        `${phase === 'tls' ? 'no TLS handshake' : 'no connection'} within ${connectLimitMs(limits, phase)} ms`,
      );
    } else if (phase === 'body') {
      this.#checkBody(nowMs);
    } else if (this.#call?.isSending) {
      // A large upload is not late while it is on its way; the deadline of the whole request bounds it.
      this.#setPhaseDeadline(nowMs + limits.headersMs);
    } else {
      this.#stop('SLUICE_HTTP_HEADERS_TIMEOUT', `no response head within ${limits.headersMs} ms of the request`);
    }
  }

  #restartBodyClock(nowMs: number): void {
    this.#lastDataAt = nowMs;
    this.#windowBytes = 0;
    if (this.#limits.minBytesPerSecond > 0) this.#windowEnd = nowMs + this.#limits.minSpeedOverMs;
    this.#setPhaseDeadline(Math.min(nowMs + this.#limits.idleMs, this.#windowEnd));
  }

  #checkBody(nowMs: number): void {
    if (this.#isHeld) {
      this.#restartBodyClock(nowMs);
      return;
    }
    const { idleMs, minBytesPerSecond, minSpeedOverMs } = this.#limits;
    if (nowMs - this.#lastDataAt >= idleMs) {
      this.#stop('SLUICE_HTTP_IDLE_TIMEOUT', `the body stood still for ${idleMs} ms after ${this.#bodyBytes} bytes`);
      return;
    }
    if (nowMs >= this.#windowEnd) {
      const needed = (minBytesPerSecond * minSpeedOverMs) / 1000;
      if (this.#windowBytes < needed) {
        this.#stop(
          'SLUICE_HTTP_TOO_SLOW',
          `${this.#windowBytes} bytes of body in ${minSpeedOverMs} ms, at least ${needed} are wanted`,
        );
        return;
      }
      this.#windowBytes = 0;
      this.#windowEnd = nowMs + minSpeedOverMs;
    }
    this.#setPhaseDeadline(Math.min(this.#lastDataAt + idleMs, this.#windowEnd));
  }

  #setPhaseDeadline(phaseBy: number): void {
    this.#phaseBy = phaseBy;
    const dueAt = Math.min(this.#endBy, phaseBy);
    const isEarlier = dueAt < this.dueAt;
    this.dueAt = dueAt;
    if (isEarlier) this.#deadlines.hurry(this);
  }

  #stop(code: HttpErrorCode, message: string, temporary = false): void {
    if (this.#isOver) return;
    if (this.#call !== undefined) this.#refinePhase(this.#call);
    this.abort(new HttpError(code, message, { evidence: this.#evidence, temporary }));
  }

  /** While an answer is waited for, only the wire knows whether the request is still on its way or a head has begun. */
  #refinePhase(call: Call): void {
    if (this.#evidence.phase !== 'wait') return;
    if (call.bytesIn > 0) this.#evidence.phase = 'headers';
    else if (call.isSending) this.#evidence.phase = 'send';
  }

  /** The phase that ends the exchange took its time too. */
  #leavePhase(): void {
    const nowMs = moment();
    const { phase, timings } = this.#evidence;
    if (this.#connectPhase !== undefined) this.#leaveConnectPhase(nowMs);
    else if (phase === 'body') timings.bodyMs = nowMs - this.#phaseSince;
    else if (phase !== 'connect') timings.waitMs = nowMs - this.#phaseSince;
  }

  #dropBody(): void {
    this.#body = NOTHING;
    this.#chunks = undefined;
  }

  #end(): void {
    this.#isOver = true;
    this.#deadlines.remove(this);
    if (this.#call !== undefined) this.#account(this.#call);
  }

  #account(call: Call): void {
    const evidence = this.#evidence;
    evidence.bytesIn += call.bytesIn;
    evidence.bytesOut += call.bytesOut;
    evidence.reused = call.reused;
    if (call.address !== undefined) evidence.address = call.address;
    if (call.tls !== undefined) {
      evidence.tlsVersion = call.tls.version;
      if (call.tls.alpn !== undefined) evidence.alpn = call.tls.alpn;
    }
  }
}

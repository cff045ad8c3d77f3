import { classifyFailure } from './classify-failure.ts';
import type { DeadlineEntry, DeadlineList } from './deadline-list.ts';
import { HttpError, type HttpErrorCode } from './errors.ts';
import type { EvidenceRecord } from './evidence.ts';
import type { Limits } from './options.ts';
import type { Call, ConnectPhase, Transport, TransportHandler, TransportRequest } from './transport/transport.ts';
import { TransportFailure } from './transport/transport-failure.ts';

/** A response as it came, whole by its framing. */
export interface RawReply {
  readonly status: number;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  /** Content, not decoded. */
  readonly body: Uint8Array;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/**
 * One request and its answer on the wire: collects the body under its cap, holds the deadlines, writes the evidence, and ends in a
 * {@link RawReply} or an {@link HttpError}.
 */
export class Exchange implements TransportHandler, DeadlineEntry {
  dueAt: number;
  slot = -1;
  readonly reply: Promise<RawReply>;
  /** The server had closed a kept connection when the request came: not a byte of an answer was seen. */
  diedOnReuse = false;
  readonly #limits: Limits;
  readonly #evidence: EvidenceRecord;
  readonly #deadlines: DeadlineList;
  /** When the whole request must be done. */
  readonly #endBy: number;
  readonly #sentBefore: boolean;
  #call: Call | undefined;
  #resolve!: (reply: RawReply) => void;
  #reject!: (error: unknown) => void;
  #isOver = false;
  /** Why it ends, when that was our own decision: the transport may not have returned the call yet. */
  #abortReason: unknown;
  #phaseBy = Number.POSITIVE_INFINITY;
  #connectingSince = 0;
  #sentAt = 0;
  #headersAt = 0;
  #informational = 0;
  #status = 0;
  #headers: readonly string[] = [];
  #chunks: Uint8Array[] = [];
  #bodyBytes = 0;
  #lastDataAt = 0;
  #windowEnd = 0;
  #windowBytes = 0;

  constructor(limits: Limits, evidence: EvidenceRecord, deadlines: DeadlineList) {
    this.#limits = limits;
    this.#evidence = evidence;
    this.#deadlines = deadlines;
    this.#endBy = evidence.begunAt + limits.timeoutMs;
    this.#sentBefore = evidence.sent;
    this.dueAt = this.#endBy;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    evidence.phase = 'connect';
    evidence.timings = {};
    evidence.reused = false;
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

  onConnecting(phase: ConnectPhase): void {
    this.#evidence.phase = phase;
    if (this.#connectingSince !== 0) return;
    this.#connectingSince = performance.now();
    this.#setPhaseDeadline(this.#connectingSince + this.#limits.connectMs);
  }

  onSent(): void {
    this.#sentAt = performance.now();
    const evidence = this.#evidence;
    evidence.phase = 'wait';
    evidence.sent = true;
    evidence.requests++;
    if (this.#connectingSince !== 0) evidence.timings.connectMs = this.#sentAt - this.#connectingSince;
    this.#setPhaseDeadline(this.#sentAt + this.#limits.headersMs);
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

  onHeaders(status: number, headers: readonly string[], httpVersion: string): void {
    this.#status = status;
    this.#headers = headers;
    const evidence = this.#evidence;
    evidence.phase = 'body';
    evidence.httpVersion = httpVersion;
    const nowMs = performance.now();
    this.#headersAt = nowMs;
    evidence.timings.waitMs = nowMs - this.#sentAt;
    this.#lastDataAt = nowMs;
    this.#windowEnd =
      this.#limits.minBytesPerSecond > 0 ? nowMs + this.#limits.minSpeedOverMs : Number.POSITIVE_INFINITY;
    this.#setPhaseDeadline(Math.min(nowMs + this.#limits.idleMs, this.#windowEnd));
  }

  onData(chunk: Uint8Array): void {
    this.#bodyBytes += chunk.length;
    this.#windowBytes += chunk.length;
    if (this.#bodyBytes > this.#limits.maxBodyBytes) {
      this.#chunks = [];
      this.#stop('SLUICE_HTTP_BODY_TOO_LARGE', `the body is larger than ${this.#limits.maxBodyBytes} bytes`);
      return;
    }
    this.#chunks.push(chunk);
    this.#lastDataAt = performance.now();
  }

  onEnd(unverifiedLength: boolean): void {
    if (this.#isOver) return;
    const evidence = this.#evidence;
    evidence.timings.bodyMs = performance.now() - this.#headersAt;
    if (unverifiedLength) evidence.unverifiedLength = true;
    else delete evidence.unverifiedLength;
    this.#end();
    this.#resolve({ status: this.#status, headers: this.#headers, body: joinChunks(this.#chunks, this.#bodyBytes) });
  }

  onError(error: unknown): void {
    if (this.#isOver) return;
    const call = this.#call;
    const evidence = this.#evidence;
    if (call !== undefined) {
      this.#refinePhase(call);
      if (call.bytesOut === 0) evidence.sent = this.#sentBefore;
      this.diedOnReuse =
        call.reused &&
        call.bytesIn === 0 &&
        error instanceof TransportFailure &&
        (error.kind === 'closed' || error.kind === 'reset');
    }
    this.#end();
    this.#chunks = [];
    if (error === this.#abortReason) {
      this.#reject(error);
      return;
    }
    const verdict = classifyFailure(error, { sent: call === undefined || call.bytesOut > 0, phase: evidence.phase });
    this.#reject(
      new HttpError(verdict.code, verdict.message, { cause: error, evidence, temporary: verdict.temporary }),
    );
  }

  onDue(nowMs: number): void {
    const limits = this.#limits;
    const { phase } = this.#evidence;
    if (nowMs >= this.#endBy) {
      this.#stop('SLUICE_HTTP_TIMEOUT', `not done within ${limits.timeoutMs} ms`);
    } else if (nowMs < this.#phaseBy) {
      this.dueAt = Math.min(this.#endBy, this.#phaseBy);
    } else if (phase === 'dns') {
      this.#stop('SLUICE_HTTP_DNS_TIMEOUT', `the name was not looked up within ${limits.connectMs} ms`, true);
    } else if (phase === 'connect' || phase === 'tls') {
      this.#stop('SLUICE_HTTP_CONNECT_TIMEOUT', `no connection within ${limits.connectMs} ms (${phase})`);
    } else if (phase === 'body') {
      this.#checkBody(nowMs);
    } else if (this.#call?.isSending) {
      // A large upload is not late while it is on its way; the deadline of the whole request bounds it.
      this.#setPhaseDeadline(nowMs + limits.headersMs);
    } else {
      this.#stop('SLUICE_HTTP_HEADERS_TIMEOUT', `no response head within ${limits.headersMs} ms of the request`);
    }
  }

  #checkBody(nowMs: number): void {
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
  }
}

function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  return chunks.length > 1 ? Buffer.concat(chunks, length) : (chunks[0] ?? NOTHING);
}

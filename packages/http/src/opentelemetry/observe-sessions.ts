import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  context,
  diag,
  type Histogram,
  type Meter,
  metrics,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapSetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Attempt } from '../hooks/attempt.ts';
import { ATTEMPT_CHANNELS } from '../hooks/attempt-channels.ts';
import { VERSION } from '../version.ts';
import {
  errorType,
  outcomeAttributes,
  peerAttributes,
  requestAttributes,
  spanAttributes,
  spanName,
} from './attempt-attributes.ts';

/** Where spans and measurements go. */
export interface ObserveOptions {
  /** Default: the tracer `@sluice/http` of the global tracer provider. */
  readonly tracer?: Tracer;
  /** Default: the meter `@sluice/http` of the global meter provider. */
  readonly meter?: Meter;
  /**
   * Whether the trace goes along (`traceparent`, or what the global propagator writes) to this origin (`https://host:port`). Default: to all.
   */
  readonly propagateTo?: (origin: string) => boolean;
}

/** Bounds in seconds, as the semantic conventions advise. */
const DURATION_BOUNDS: number[] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const SCOPE = '@sluice/http';

/**
 * Makes a span of each attempt of each session in the process, and measures it, by OpenTelemetry's semantic conventions for HTTP clients: a
 * redirect and a request that is sent again are spans of their own, all of them children of the span that is active where the request is
 * made. A response of 4xx or 5xx, and every failure, is an error. User and password of a URL are in no attribute, nor are the values of
 * signatures in its query. Ends when it is disposed of; what is under way then is not ended.
 *
 * Without an SDK that is registered with `@opentelemetry/api` nothing is recorded.
 *
 * @example
 * import { observeSessions } from '@sluice/http/opentelemetry';
 * observeSessions();
 */
export function observeSessions(options: ObserveOptions = {}): Disposable {
  const observer = new SessionObserver(options);
  const listeners: readonly [string, (message: unknown) => void][] = [
    [ATTEMPT_CHANNELS.start, (message) => observer.onStart(message as Attempt)],
    [ATTEMPT_CHANNELS.end, (message) => observer.onEnd(message as Attempt)],
    [ATTEMPT_CHANNELS.error, (message) => observer.onEnd(message as Attempt)],
  ];
  for (const [name, listener] of listeners) subscribe(name, listener);
  return {
    [Symbol.dispose]: () => {
      for (const [name, listener] of listeners) unsubscribe(name, listener);
    },
  };
}

class SessionObserver {
  readonly #tracer: Tracer;
  readonly #durations: Histogram;
  readonly #propagatesTo: (origin: string) => boolean;
  readonly #spans: WeakMap<Attempt, Span> = new WeakMap();

  constructor({ tracer, meter, propagateTo }: ObserveOptions) {
    this.#tracer = tracer ?? trace.getTracer(SCOPE, VERSION);
    this.#durations = (meter ?? metrics.getMeter(SCOPE, VERSION)).createHistogram('http.client.request.duration', {
      description: 'Duration of HTTP client requests.',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATION_BOUNDS },
    });
    this.#propagatesTo = propagateTo ?? (() => true);
  }

  onStart(attempt: Attempt): void {
    const parent = context.active();
    const attributes = { ...requestAttributes(attempt), ...spanAttributes(attempt) };
    const span = this.#tracer.startSpan(spanName(attempt), { kind: SpanKind.CLIENT, attributes }, parent);
    this.#spans.set(attempt, span);
    if (this.#propagatesTo(new URL(attempt.url).origin)) {
      propagation.inject(trace.setSpan(parent, span), attempt, TO_HEADERS);
    }
  }

  onEnd(attempt: Attempt): void {
    const span = this.#spans.get(attempt);
    const outcome = outcomeAttributes(attempt);
    this.#durations.record(attempt.durationMs / 1000, { ...requestAttributes(attempt), ...outcome });
    if (span === undefined) return;
    span.setAttributes({ ...outcome, ...peerAttributes(attempt) });
    const { error } = attempt;
    if (error !== undefined) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    } else if (errorType(attempt) !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }
}

const TO_HEADERS: TextMapSetter<Attempt> = {
  set(attempt, name, value) {
    try {
      attempt.setHeader(name, value);
    } catch (error) {
      // What a listener throws would end the process.
      diag.warn(`the header ${name} of the propagator cannot be sent`, error);
    }
  },
};

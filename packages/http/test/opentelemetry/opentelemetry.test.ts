import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  type HistogramMetricData,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { moveOnAfter } from '@sluice/core';
import { MockTransport, mockReply, Session } from '@sluice/http';
import { observeSessions } from '@sluice/http/opentelemetry';
import { failureOf } from '../support/failure-of.ts';
import { headerOf, pathOf, rawServer, response } from '../support/raw-server.ts';

const spans = new InMemorySpanExporter();
const tracers = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
const tracer = tracers.getTracer('test');
const measured = new InMemoryMetricExporter(AggregationTemporality.DELTA);
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
const meters = new MeterProvider({ readers: [reader] });

before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

beforeEach(() => {
  spans.reset();
  measured.reset();
});

after(async () => {
  context.disable();
  propagation.disable();
  await meters.shutdown();
});

function observe(propagateTo?: (origin: string) => boolean): Disposable {
  return observeSessions({
    tracer,
    meter: meters.getMeter('test'),
    ...(propagateTo === undefined ? {} : { propagateTo }),
  });
}

function finished(): ReadableSpan[] {
  return spans.getFinishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT);
}

async function durations(port: number): Promise<HistogramMetricData['dataPoints']> {
  await meters.forceFlush();
  const found = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  for (const { descriptor } of found) {
    assert.deepEqual([descriptor.name, descriptor.unit], ['http.client.request.duration', 's']);
  }
  const points = found.flatMap((metric) => (metric as HistogramMetricData).dataPoints);
  return points.filter(({ attributes }) => attributes['server.port'] === port);
}

test('each attempt is a span with the attributes of the semantic conventions, under the span of its caller', async () => {
  const parents: string[] = [];
  await using server = await rawServer((socket, request) => {
    parents.push(headerOf(request, 'traceparent')!);
    if (pathOf(request) === '/from') socket.write(response(302, ['location: /to?sig=secret&q=1']));
    else socket.write(response(200, [], 'there'));
  });
  using _ = observe();
  await using session = new Session();
  const outer = tracer.startSpan('outer');
  const reply = await context.with(trace.setSpan(context.active(), outer), () =>
    session.get(`${server.url.replace('//', '//user:pw@')}/from`),
  );
  assert.equal(reply.text(), 'there');
  const shared = {
    'http.request.method': 'GET',
    'server.address': '127.0.0.1',
    'server.port': server.port,
    'network.protocol.version': '1.1',
    'network.peer.address': '127.0.0.1',
    'network.peer.port': server.port,
  };
  assert.deepEqual(
    finished().map(({ name, attributes, status }) => ({ name, attributes, status: status.code })),
    [
      {
        name: 'GET',
        attributes: { ...shared, 'url.full': `${server.url}/from`, 'http.response.status_code': 302 },
        status: SpanStatusCode.UNSET,
      },
      {
        name: 'GET',
        attributes: {
          ...shared,
          'url.full': `${server.url}/to?sig=REDACTED&q=1`,
          'http.request.resend_count': 1,
          'http.response.status_code': 200,
        },
        status: SpanStatusCode.UNSET,
      },
    ],
  );
  for (const [index, span] of finished().entries()) {
    const { traceId, spanId } = span.spanContext();
    assert.equal(traceId, outer.spanContext().traceId);
    assert.equal(span.parentSpanContext!.spanId, outer.spanContext().spanId);
    assert.equal(parents[index], `00-${traceId}-${spanId}-01`);
  }
  assert.doesNotMatch(JSON.stringify(finished().map(({ attributes }) => attributes)), /pw|secret/);
});

test('statuses from 400 on, failures and cancelled requests are errors with a type', async () => {
  await using server = await rawServer((socket, request) => {
    if (pathOf(request) === '/missing') socket.write(response(404, []));
    else if (pathOf(request) === '/cut') socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
  });
  using _ = observe();
  await using session = new Session();
  await session.get(`${server.url}/missing`);
  await failureOf(session.post(`${server.url}/cut`));
  await failureOf(session.get('http://127.0.0.1:1/'));
  assert.ok((await moveOnAfter('50ms', () => session.get(`${server.url}/never`))).timedOut);
  const seen = finished().map(({ attributes, status }) => [
    attributes['error.type'],
    attributes['http.response.status_code'],
    status.code,
    status.message === undefined,
  ]);
  assert.deepEqual(seen, [
    ['404', 404, SpanStatusCode.ERROR, true],
    ['SLUICE_HTTP_TRUNCATED', undefined, SpanStatusCode.ERROR, false],
    ['SLUICE_HTTP_CONNECT', undefined, SpanStatusCode.ERROR, false],
    ['SLUICE_CANCELLED', undefined, SpanStatusCode.ERROR, false],
  ]);
});

test('the duration of each attempt is measured in seconds, without what has too many values', async () => {
  await using server = await rawServer((socket, request) => {
    socket.write(response(pathOf(request) === '/busy' ? 503 : 200, []));
  });
  using _ = observe();
  await using session = new Session();
  for (const path of ['/a', '/b', '/busy']) await session.get(server.url + path);
  const points = await durations(server.port);
  const shared = {
    'http.request.method': 'GET',
    'server.address': '127.0.0.1',
    'server.port': server.port,
    'network.protocol.version': '1.1',
  };
  assert.deepEqual(
    points.map(({ attributes, value }) => [attributes, value.count]),
    [
      [{ ...shared, 'http.response.status_code': 200 }, 2],
      [{ ...shared, 'http.response.status_code': 503, 'error.type': '503' }, 1],
    ],
  );
  assert.deepEqual(points[0]!.value.buckets.boundaries.slice(0, 2), [0.005, 0.01]);
  assert.ok(points[0]!.value.sum! > 0 && points[0]!.value.sum! < 60);
});

test('a method that nobody knows is _OTHER, and its span is named HTTP', async () => {
  using _ = observe();
  await using session = new Session({ transport: new MockTransport(() => mockReply(200)) });
  await session.request('BREW', 'https://coffee.example/pot');
  await session.request('GET', 'https://[2001:db8::1]:8443/');
  const [brew, six] = finished();
  assert.equal(brew!.name, 'HTTP');
  assert.deepEqual(
    [brew!.attributes['http.request.method'], brew!.attributes['http.request.method_original']],
    ['_OTHER', 'BREW'],
  );
  assert.deepEqual([brew!.attributes['server.address'], brew!.attributes['server.port']], ['coffee.example', 443]);
  assert.deepEqual([six!.attributes['server.address'], six!.attributes['server.port']], ['2001:db8::1', 8443]);
});

test('the trace goes only where it may, and nothing is observed any more after the end', async () => {
  const traced: boolean[] = [];
  await using server = await rawServer((socket, request) => {
    traced.push(headerOf(request, 'traceparent') !== undefined);
    socket.write(response(200, []));
  });
  await using session = new Session();
  {
    using _ = observe((origin) => origin !== server.url);
    await session.get(server.url);
  }
  {
    using _ = observe((origin) => origin === server.url);
    await session.get(server.url);
  }
  await session.get(server.url);
  assert.deepEqual(traced, [false, true, false]);
  assert.equal(finished().length, 2);
});

test('a propagator that writes what cannot be sent does not end the process', async () => {
  propagation.disable();
  propagation.setGlobalPropagator({
    inject: (_context, carrier, setter) => {
      setter.set(carrier, 'x-bad', 'a\r\nb');
      setter.set(carrier, 'x-good', '1');
    },
    extract: (from) => from,
    fields: () => [],
  });
  await using server = await rawServer((socket, request) => {
    socket.write(response(200, [], `${headerOf(request, 'x-bad')} ${headerOf(request, 'x-good')}`));
  });
  using _ = observe();
  await using session = new Session();
  const reply = await session.get(server.url);
  assert.deepEqual([reply.text(), reply.evidence.code], ['undefined 1', undefined]);
});

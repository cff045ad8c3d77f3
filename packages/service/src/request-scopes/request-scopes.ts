import { type CancelScope, type Duration, parseDuration } from '@sluice/core';
import type { FastifyInstance, FastifyPluginAsync, RouteHandlerMethod, RouteOptions } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { RunningRequests } from './running-requests.ts';
import { scopedHandler } from './scoped-handler.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The scope that the handler of this request runs in; see `requestScopes`. Set `scope.deadline` to give a request more or less time. */
    scope: CancelScope;
  }
}

/** Options of {@link requestScopes}. */
export interface RequestScopesOptions {
  /** How long a handler may take until its reply is sent or, for a stream, begun. Default `'30s'`; `null` is for ever. */
  readonly timeout?: Duration | null;
  /** How long requests that are under way may go on when the app is closed. Default `'10s'`. */
  readonly grace?: Duration;
}

/**
 * A Fastify plugin: every request runs its handler in a cancel scope of its own, `request.scope`. The scope is cancelled
 *
 * - when the client goes away before the whole reply was sent: nobody waits for the work any more;
 * - after `timeout`: the client gets a 503 with a problem (RFC 9457, code `SLUICE_SERVICE_REQUEST_TIMEOUT`) at once;
 * - when the app is closed and `grace` has passed: 503, code `SLUICE_SERVICE_CLOSING`.
 *
 * Everything in the handler that waits through Sluice ends then, task groups included, and gives back what it holds; other work gets
 * `request.scope.signal`. The scope stays open until the reply was sent, so that it reaches into streams and hijacked replies too.
 * Register it before the routes: it wraps the handlers of routes that are added after it, in the same app and below.
 *
 * @throws InvalidDurationError (on registration) for options that are no durations.
 * @example
 * const app = Fastify();
 * await app.register(requestScopes, { timeout: '5s' });
 * app.get('/both', () => gather([() => session.get(a), () => session.get(b)])); // both end when the client goes away
 */
export const requestScopes: FastifyPluginAsync<RequestScopesOptions> = fastifyPlugin(register, {
  name: '@sluice/service/request-scopes',
  fastify: '5.x',
});

async function register(app: FastifyInstance, options: RequestScopesOptions): Promise<void> {
  const timeoutMs = options.timeout === null ? Number.POSITIVE_INFINITY : parseDuration(options.timeout ?? '30s');
  const graceMs = parseDuration(options.grace ?? '10s');
  const running = new RunningRequests();
  app.decorateRequest('scope', null as unknown as CancelScope);
  const scoped = new WeakSet<RouteHandlerMethod>();
  app.addHook('onRoute', (route: RouteOptions) => {
    // Fastify adds a HEAD route to each GET route, with the handler that was wrapped for that.
    if (scoped.has(route.handler)) return;
    route.handler = scopedHandler(route.handler, { timeoutMs, running });
    scoped.add(route.handler);
  });
  app.addHook('onSend', (request, _reply, payload, next) => {
    // A reply that has begun is bounded by its reader only.
    if (running.has(request.scope)) request.scope.deadline = Number.POSITIVE_INFINITY;
    next(null, payload);
  });
  app.addHook('preClose', () => running.end(graceMs));
}

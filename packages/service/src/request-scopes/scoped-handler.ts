import { CancelledError, type CancelScope, cancellable, cancelScope, now } from '@sluice/core';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { PROBLEM_TYPE, problem } from '../errors/problem.ts';
import type { RunningRequests } from './running-requests.ts';

/** What a handler is wrapped with. */
export interface ScopedHandlerOptions {
  readonly timeoutMs: number;
  readonly running: RunningRequests;
}

const nothing = (): void => {};

/** A handler that runs `handler` in a scope of the request's own. */
export function scopedHandler(handler: RouteHandlerMethod, options: ScopedHandlerOptions): RouteHandlerMethod {
  return async function (request, reply) {
    await cancelScope((scope) => {
      request.scope = scope;
      return attend(scope, request, reply, () => handler.call(this, request, reply), options);
    });
  };
}

async function attend(
  scope: CancelScope,
  request: FastifyRequest,
  reply: FastifyReply,
  handle: () => unknown,
  { timeoutMs, running }: ScopedHandlerOptions,
): Promise<void> {
  const left = Promise.withResolvers<void>();
  const { raw } = reply;
  const onClose = (): void => {
    left.resolve();
    if (!raw.writableFinished) scope.cancel('the client went away');
  };
  raw.once('close', onClose);
  let isOver = false;
  // One wait for the whole request: it ends with the connection, and tells at once when the scope is cancelled.
  const over = cancellable(left.promise, {
    onCancel: (error) => {
      if (!isOver) answerCancelled(reply, error, running);
    },
  });
  over.catch(nothing);
  running.add(scope);
  if (timeoutMs !== Number.POSITIVE_INFINITY) scope.deadline = now() + timeoutMs;
  try {
    // The client may have gone while hooks ran before the handler.
    if (request.raw.socket.destroyed) return;
    await answer(reply, handle());
    // A hijacked reply is in the hands of whoever took it.
    if (reply.sent) scope.deadline = Number.POSITIVE_INFINITY;
    if (!raw.writableEnded) await over;
  } finally {
    // From here on an answer is Fastify's: the handler's error, say.
    isOver = true;
    running.delete(scope);
    raw.off('close', onClose);
  }
}

/** Sends what the handler gives as Fastify does, but inside the scope, so that streams are read there. */
async function answer(reply: FastifyReply, given: unknown): Promise<void> {
  const isPromise = typeof (given as PromiseLike<unknown> | null | undefined)?.then === 'function';
  const payload = isPromise ? await (given as PromiseLike<unknown>) : given;
  // Without a promise or a value the handler answers later, by itself.
  if (reply.sent || reply.raw.headersSent || (!isPromise && payload === undefined)) return;
  reply.send(payload);
}

/** Called when the scope is cancelled: whoever still listens is told why, without waiting for the work to be cleaned up. */
function answerCancelled(reply: FastifyReply, error: unknown, running: RunningRequests): void {
  if (reply.raw.destroyed || reply.raw.writableEnded) return;
  // A reply that has begun, or was hijacked, can only be cut off.
  if (reply.raw.headersSent || reply.sent) {
    reply.raw.destroy();
    return;
  }
  const isLate = error instanceof CancelledError && error.source === 'deadline';
  const body =
    isLate || !running.isEnding
      ? problem('SLUICE_SERVICE_REQUEST_TIMEOUT', 'the request took longer than this service allows; try again later')
      : problem('SLUICE_SERVICE_CLOSING', 'the service is closing; try again later');
  void reply.code(body.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(body);
}

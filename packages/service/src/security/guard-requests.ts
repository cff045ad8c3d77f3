import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors/service-error.ts';
import { isOwnName, isOwnPage } from './host-names.ts';
import type { TokenGuard } from './token-guard.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anyone may ask for it: it tells nothing of any run. */
    isOpen?: boolean;
    /** Browsers may ask for it from pages of this service only, although it changes nothing. */
    isOwnPagesOnly?: boolean;
  }
}

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Refuses what does not come from where it should, before anything of the request is read. No answer carries CORS headers. */
export function guardRequests(
  app: FastifyInstance,
  options: { readonly allowedHosts: ReadonlySet<string>; readonly token: TokenGuard | undefined },
): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    const { host } = request.headers;
    if (!isOwnName(host, options.allowedHosts)) {
      throw new ServiceError(
        'SLUICE_SERVICE_HOST',
        'the Host header names another server: call the service by its own name, or add the name to allowedHosts',
      );
    }
    const { config } = request.routeOptions;
    if ((changesState(request) || config.isOwnPagesOnly === true) && !comesFromOwnPage(request)) {
      throw new ServiceError('SLUICE_SERVICE_ORIGIN', 'a page of another site may not ask for this');
    }
    if (options.token === undefined || config.isOpen === true) return;
    const { authorization, cookie } = request.headers;
    if (options.token.admits(authorization, cookie)) return;
    reply.header('www-authenticate', 'Bearer');
    throw new ServiceError('SLUICE_SERVICE_UNAUTHORIZED', 'give the token of this service as Authorization: Bearer …');
  });
}

function changesState({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

function comesFromOwnPage({ headers }: FastifyRequest): boolean {
  return isOwnPage(headers.origin, headers['sec-fetch-site'] as string | undefined, headers.host);
}

import { z } from 'zod';
import { ServiceError } from '../errors/service-error.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import type { TokenGuard } from '../security/token-guard.ts';
import type { Api } from './api.ts';

const loginBody: z.ZodType<{ readonly token: string }> = z.strictObject({ token: z.string().max(1000) });

/** Signing in from the page: the token for a cookie that no script can read. */
export function loginRoutes(api: Api, token: TokenGuard | undefined): void {
  api.post(
    '/login',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'login',
        summary: 'Gives a cookie for the token',
        tags: ['session'],
        body: loginBody,
        response: { 204: z.null().describe('Signed in; a service without a token needs no cookie'), ...PROBLEMS },
      },
    },
    async ({ body }, reply): Promise<null> => {
      if (token !== undefined) {
        if (!token.isToken(body.token)) {
          throw new ServiceError('SLUICE_SERVICE_UNAUTHORIZED', 'this is not the token of this service');
        }
        reply.header('set-cookie', token.issueCookie());
      }
      reply.code(204);
      return null;
    },
  );

  api.post(
    '/logout',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'logout',
        summary: 'Takes the cookie back',
        tags: ['session'],
        response: { 204: z.null().describe('Signed out'), ...PROBLEMS },
      },
    },
    async (_request, reply): Promise<null> => {
      if (token !== undefined) reply.header('set-cookie', token.revokeCookie());
      reply.code(204);
      return null;
    },
  );
}

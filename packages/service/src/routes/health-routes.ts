import { z } from 'zod';
import { ServiceError } from '../errors/service-error.ts';
import { PROBLEMS } from '../schemas/problem-schema.ts';
import type { Api, ApiGround } from './api.ts';

const healthSchema: z.ZodType<{ readonly status: 'ok' }> = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

/** For whoever watches over the process. */
export function healthRoutes(api: Api, { book }: Pick<ApiGround, 'book'>): void {
  api.get(
    '/healthz',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'health',
        summary: 'Whether the process answers',
        tags: ['health'],
        response: { 200: healthSchema, ...PROBLEMS },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  api.get(
    '/readyz',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'ready',
        summary: 'Whether it takes runs on',
        tags: ['health'],
        response: { 200: healthSchema, ...PROBLEMS },
      },
    },
    async () => {
      if (book.isClosing) throw new ServiceError('SLUICE_SERVICE_CLOSING', 'the service is closing');
      return { status: 'ok' as const };
    },
  );
}

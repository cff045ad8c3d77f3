import fastifySwagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PROBLEM_TYPE, problem, toProblem } from '../errors/problem.ts';
import type { PageFiles } from '../page/page-files.ts';
import { actionRoutes } from '../routes/action-routes.ts';
import type { Api, ApiGround } from '../routes/api.ts';
import { eventRoutes } from '../routes/event-routes.ts';
import { healthRoutes } from '../routes/health-routes.ts';
import { listRoutes } from '../routes/list-routes.ts';
import { loginRoutes } from '../routes/login-routes.ts';
import { outcomeRoutes } from '../routes/outcome-routes.ts';
import { pageRoutes } from '../routes/page-routes.ts';
import { runRoutes } from '../routes/run-routes.ts';
import { guardRequests } from '../security/guard-requests.ts';
import type { TokenGuard } from '../security/token-guard.ts';

/** What the app is built of. */
export interface AppGround extends ApiGround {
  readonly page: PageFiles;
  readonly token: TokenGuard | undefined;
  readonly allowedHosts: ReadonlySet<string>;
  readonly logger: NonNullable<FastifyServerOptions['logger']>;
}

const BODY_LIMIT = 1_048_576;
/** A request must have come whole by then; an uploaded list is the longest. */
const REQUEST_TIMEOUT_MS = 600_000;

/** The Fastify app of the service, ready to listen. Closing it ends the event streams and drains the runs. */
export async function buildApp(ground: AppGround): Promise<FastifyInstance> {
  const app = Fastify({
    logger: ground.logger,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: 500 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app);
  guardRequests(app, ground);
  app.addHook('preClose', async () => {
    ground.streams.close();
    await ground.book.close();
  });
  await describeApi(app, ground.token !== undefined);
  await app.register(
    async (api: Api) => {
      runRoutes(api, ground);
      actionRoutes(api, ground);
      outcomeRoutes(api, ground);
      eventRoutes(api, ground);
      await api.register(async (lists: Api) => listRoutes(lists, ground));
    },
    { prefix: '/api/v1' },
  );
  healthRoutes(app, ground);
  loginRoutes(app, ground.token);
  pageRoutes(app as unknown as FastifyInstance, ground.page, ground.token !== undefined);
  await app.ready();
  return app as unknown as FastifyInstance;
}

/** Every error, Fastify's own included, is answered as a problem (RFC 9457). */
function answerProblems(app: Api): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = toProblem(error);
    if (answer.status >= 500) request.log.error(error);
    if (answer.status === 503) reply.header('retry-after', '1');
    void reply
      .code(answer.status)
      .type(PROBLEM_TYPE)
      .serializer(JSON.stringify)
      .send(answer as never);
  });
  app.setNotFoundHandler((_request, reply) => {
    const answer = problem('SLUICE_SERVICE_NOT_FOUND', 'there is nothing here: /openapi.json describes the API');
    void reply
      .code(answer.status)
      .type(PROBLEM_TYPE)
      .serializer(JSON.stringify)
      .send(answer as never);
  });
}

async function describeApi(app: Api, needsToken: boolean): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sluice',
        version: '1',
        description: 'Runs over lists: submit, watch, stop, go on. Errors are problems (RFC 9457) with stable codes.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      ...(needsToken
        ? {
            components: {
              securitySchemes: {
                token: { type: 'http', scheme: 'bearer' },
                session: { type: 'apiKey', in: 'cookie', name: 'sluice-session' },
              },
            },
            security: [{ token: [] }, { session: [] }],
          }
        : {}),
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  app.get(
    '/openapi.json',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'openapi',
        summary: 'This description',
        tags: ['health'],
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async () => app.swagger() as unknown as Record<string, unknown>,
  );
}

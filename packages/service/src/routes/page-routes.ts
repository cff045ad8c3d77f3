import type { FastifyInstance } from 'fastify';
import type { PageFiles } from '../page/page-files.ts';

/** The page at `/`. It holds nothing of any run, so everyone may load it; what it shows it asks of the API. */
export function pageRoutes(app: FastifyInstance, { document, assets }: PageFiles, needsToken: boolean): void {
  const open = { config: { isOpen: true }, schema: { hide: true } };
  const shown = needsToken ? document.replace('data-sign-in="no"', 'data-sign-in="yes"') : document;
  app.get('/', open, (_request, reply) => {
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(shown);
  });
  for (const [address, { type, content }] of assets) {
    app.get(address, open, (_request, reply) => {
      reply.type(type).header('cache-control', 'public, max-age=31536000, immutable').send(content);
    });
  }
}

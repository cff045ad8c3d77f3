import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { wait } from './sluice.ts';

/** Debian's own Python, which its packages are made for. */
export const PYTHON = '/usr/bin/python3';

/** A server that listens on loopback, in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Ends it as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Why a test cannot run here, or false: under CI=true a skipped test is a failure. */
export function missing(what: string, command: string, ...args: readonly string[]): string | false {
  return spawnSync(command, args).status === 0 ? false : `${what} is not installed (scripts/services.sh installs it)`;
}

/** Starts a server and waits until it listens. @throws Error, with what it said, when it ends or does not listen within 20 s */
export async function startServer(port: number, command: string, args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    complaints = (complaints + part).slice(-4000);
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  for (const endBy = Date.now() + 20_000; Date.now() < endBy && child.exitCode === null; await wait(20)) {
    if (await listens(port)) return { child, kill, [Symbol.asyncDispose]: kill };
  }
  await kill();
  throw new Error(`${command} does not listen on port ${port}: ${complaints}`);
}

/** A port of loopback that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isOpen = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isOpen;
}

import { type ChildProcess, fork } from 'node:child_process';
import { type Described, reviveThrown } from '../errors/described-error.ts';
import { type CallMessage, CRASHED, type ReplyMessage } from '../protocol.ts';
import { endGroup, killAtExit } from './process-group.ts';
import type { Remote, RemoteListener, RemoteOptions } from './remote.ts';
import { outsideCaller, workerEntry } from './worker-entry.ts';

/** Starts a process, the leader of a group of its own, so that what it starts can be ended with it. */
export function startProcess(listener: RemoteListener, options: RemoteOptions): Remote {
  const entry = workerEntry('process');
  const child = outsideCaller(() =>
    fork(entry.url, {
      execArgv: [...entry.execArgv, ...options.execArgv],
      serialization: 'advanced',
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  );
  return new ProcessRemote(child, listener);
}

class ProcessRemote implements Remote {
  /** No memory is shared, so only a process with nothing waiting in it tells exactly what it has begun. */
  readonly capacity: number = 1;
  readonly claims: undefined;
  readonly #child: ChildProcess;
  #ending: Promise<void> | undefined;

  constructor(child: ChildProcess, listener: RemoteListener) {
    this.#child = child;
    let error: unknown;
    child.on('message', (message) => {
      const replies = message as ReplyMessage;
      if (replies[0] === CRASHED) error = reviveThrown(replies[1] as Described);
      else listener.replied(replies);
    });
    child.on('error', (thrown) => {
      error ??= thrown;
      if (child.pid === undefined) listener.gone({ error, exitCode: null, signal: null });
    });
    if (child.pid === undefined) return;
    killAtExit(child);
    // Its last words may still be in the channel when it exits.
    const drained = new Promise((resolve) => child.once('disconnect', resolve));
    child.once('exit', (exitCode, signal) => {
      void Promise.all([drained, this.#endGroup()]).then(() => listener.gone({ error, exitCode, signal }));
    });
  }

  post(message: CallMessage): void {
    // A channel that broke is reported by the exit.
    this.#child.send(message, () => {});
  }

  end(): void {
    void this.#endGroup();
  }

  keepAlive(on: boolean): void {
    if (on) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }

  #endGroup(): Promise<void> {
    this.#ending ??= endGroup(this.#child);
    return this.#ending;
  }
}

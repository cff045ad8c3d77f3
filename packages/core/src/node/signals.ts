import { MAX_DELAY_MS } from '../time/clock.ts';

type SignalName = 'SIGINT' | 'SIGTERM';

interface ProcessLike {
  readonly pid: number;
  on(signal: SignalName, listener: () => void): void;
  off(signal: SignalName, listener: () => void): void;
  kill(pid: number, signal: SignalName): void;
  exit(code: number): void;
}

const SIGNALS: readonly (readonly [SignalName, number])[] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
];

/** The signals of this process, while they are handled. */
export interface SignalHandling {
  /** The first signal that came. */
  readonly received: SignalName | undefined;
  /** Puts the process's own behaviour back. */
  stop(): void;
  /** Ends the process by the signal that came, as a shell expects it of a program that was interrupted. */
  raise(): void;
}

/** Calls `onFirst` at the first SIGINT or SIGTERM; the second ends the process at once. Undefined where there are no signals. */
export function handleSignals(onFirst: (signal: SignalName) => void): SignalHandling | undefined {
  const host = (globalThis as { process?: ProcessLike }).process;
  if (typeof host?.on !== 'function' || typeof host.kill !== 'function') return undefined;
  let received: SignalName | undefined;
  const listeners = SIGNALS.map(([name, exitCode]) => {
    const listener = (): void => {
      if (received !== undefined) {
        host.exit(exitCode);
        return;
      }
      received = name;
      onFirst(name);
    };
    host.on(name, listener);
    return { name, listener };
  });
  // A signal is something to wait for: else a program in which everything waits for a cancel would end in the middle (exit code 13).
  const keepAlive = setInterval(() => {}, MAX_DELAY_MS);
  const stop = (): void => {
    clearInterval(keepAlive);
    for (const { name, listener } of listeners) host.off(name, listener);
  };
  return {
    get received() {
      return received;
    },
    stop,
    raise() {
      stop();
      if (received !== undefined) host.kill(host.pid, received);
    },
  };
}

/** Ends the process where there is one. */
export function exitProcess(code: number): void {
  (globalThis as { process?: ProcessLike }).process?.exit(code);
}

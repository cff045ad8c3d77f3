import { EXIT, type ExitCode } from '../exit-codes.ts';

type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Two signals as close as this are one: npm passes on the Ctrl-C that the terminal has already sent to the whole group,
 * and a launcher does so too.
 */
const ECHO_MS = 100;

/** The wish to stop, while it is listened to. */
export interface StopSignals extends Disposable {
  /** The exit status that the first signal asks for; undefined while none came. */
  readonly exitCode: ExitCode | undefined;
}

/** Calls `drain` at the first SIGINT or SIGTERM, and `cut` at each later one, until it is disposed of. */
export function listenForStop(handlers: { readonly drain: () => void; readonly cut: () => void }): StopSignals {
  let first: StopSignal | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  const onSignal = (signal: StopSignal): void => {
    const at = performance.now();
    const isEcho = at - lastAt < ECHO_MS;
    lastAt = at;
    if (isEcho) return;
    if (first === undefined) {
      first = signal;
      handlers.drain();
    } else handlers.cut();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    get exitCode() {
      if (first === undefined) return undefined;
      return first === 'SIGINT' ? EXIT.interrupted : EXIT.stopped;
    },
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

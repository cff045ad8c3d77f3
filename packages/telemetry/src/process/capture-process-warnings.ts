import type { Logger } from '../log/logger.ts';

/**
 * Logs the warnings of the process (`process.emitWarning`, deprecations, unusual numbers of listeners) as lines of level `warn`, until the
 * result is disposed of. Node still prints them on standard error, unless it runs with `--no-warnings`.
 *
 * @example
 * using _ = captureProcessWarnings(log);
 */
export function captureProcessWarnings(log: Logger): Disposable {
  const listener = (warning: Error): void => log.warn(warning.message, { warning });
  process.on('warning', listener);
  return {
    [Symbol.dispose]() {
      process.off('warning', listener);
    },
  };
}

import type { Call } from '../pool/call.ts';
import { type Refusal, THREW } from '../protocol.ts';
import type { WorkerEnd } from '../remote/remote.ts';
import { type Described, reviveThrown } from './described-error.ts';
import { OffloadError } from './offload-error.ts';

/** The error of a call that its worker answered with something else than a result. */
export function replyError(call: Call, worker: string, kind: number, detail: unknown): unknown {
  if (kind === THREW) return joinStacks(reviveThrown(detail as Described), call, worker);
  const { why, cause, available } = detail as Refusal;
  const options = cause === undefined ? {} : { cause: reviveThrown(cause) };
  if (why === 'export') {
    const has = available!.length === 0 ? 'it exports no function' : `it exports ${available!.join(', ')}`;
    return new OffloadError(
      'SLUICE_OFFLOAD_NO_FUNCTION',
      `${call.module} has no function '${call.exportName}': ${has}`,
    );
  }
  const reason = messageOf(options.cause);
  if (why === 'module') {
    return new OffloadError(
      'SLUICE_OFFLOAD_MODULE',
      `${call.module} could not be loaded in ${worker}: ${reason}`,
      options,
    );
  }
  return new OffloadError(
    'SLUICE_OFFLOAD_NOT_CLONEABLE',
    `what ${call.exportName}() gave cannot be copied back from ${worker} (${reason}): return plain data, without functions, sockets or streams`,
    options,
  );
}

/** The error of a call whose arguments cannot be sent. */
export function argumentError(call: Call, worker: string, cause: unknown): OffloadError {
  const names = Object.keys(call.context ?? {});
  const variables = names.length === 0 ? '' : ` and the portable context variables ${names.join(', ')}`;
  return new OffloadError(
    'SLUICE_OFFLOAD_NOT_CLONEABLE',
    `the arguments of ${call.exportName}()${variables} cannot be copied to ${worker} (${messageOf(cause)}): pass plain data, without functions, sockets or streams`,
    { cause },
  );
}

/** The error of a call in whose middle the worker ended. */
export function endError(call: Call, worker: string, end: WorkerEnd): OffloadError {
  const during = `while it ran ${call.exportName}()`;
  const { error, exitCode, signal } = end;
  if (error === undefined) {
    const how = signal === null ? `exited with code ${exitCode}` : `was ended by ${signal}`;
    return new OffloadError('SLUICE_OFFLOAD_WORKER_EXITED', `${worker} ${how} ${during}`);
  }
  if ((error as { code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    const advice = 'give it less at once, or raise resourceLimits';
    return new OffloadError('SLUICE_OFFLOAD_OUT_OF_MEMORY', `${worker} ran out of memory ${during}: ${advice}`, {
      cause: error,
    });
  }
  return new OffloadError('SLUICE_OFFLOAD_WORKER_CRASHED', `${worker} crashed ${during}: ${messageOf(error)}`, {
    cause: error,
  });
}

/** The error of a call that was over, but whose reply was still in the worker when another call took it down. */
export function lostError(call: Call, worker: string): OffloadError {
  return new OffloadError(
    'SLUICE_OFFLOAD_RESULT_LOST',
    `${call.exportName}() ran to its end, but ${worker} went down in another call before the result had left it: call it again if it may run twice`,
  );
}

/** The error of a call whose worker could not be started. */
export function startError(call: Call, worker: string, cause: unknown): OffloadError {
  const message = `${worker} could not be started for ${call.exportName}(): ${messageOf(cause)}`;
  return new OffloadError('SLUICE_OFFLOAD_WORKER_CRASHED', message, { cause });
}

/** The error of a call to a pool that is closed. */
export function closedError(exportName: string, pool: string): OffloadError {
  return new OffloadError('SLUICE_OFFLOAD_CLOSED', `${exportName}() did not end: the pool '${pool}' was closed`);
}

/** The error of a call that found no place in the queue. */
export function fullError(exportName: string, pool: string, maxQueue: number): OffloadError {
  const advice = 'call it through map() with a concurrency, or raise maxQueue';
  return new OffloadError(
    'SLUICE_OFFLOAD_QUEUE_FULL',
    `${exportName}() was refused: ${maxQueue} calls wait for the pool '${pool}' already: ${advice}`,
  );
}

/** How a message names what was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

const ownWorkerFolder = new URL('../worker/', import.meta.url).href;

/** Adds the caller's stack, which this function has when it runs where the caller waits, to the worker's, and leaves our own frames out. */
function joinStacks(thrown: unknown, call: Call, worker: string): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const thrownAt = String(thrown.stack)
    .split('\n')
    .filter((line) => !line.includes(ownWorkerFolder));
  const calledAt = String(new Error().stack)
    .split('\n')
    .filter((line) => /^\s+at async /.test(line));
  thrown.stack = [...thrownAt, `  in ${worker}, called as ${call.exportName}()`, ...calledAt].join('\n');
  return thrown;
}

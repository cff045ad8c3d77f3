import { describeThrown } from '../errors/described-error.ts';
import type { Refusal } from '../protocol.ts';

/** A function of a user's module, and how it has behaved. */
export interface WorkerFunction {
  readonly invoke: (...args: readonly unknown[]) => unknown;
  /** Whether its last call was over in no time: then results may wait for the end of its next call. */
  isQuick: boolean;
}

const modules = new Map<string, Map<string, WorkerFunction>>();

/** The function if it was loaded before. */
export function loadedFunction(module: string, exportName: string): WorkerFunction | undefined {
  return modules.get(module)?.get(exportName);
}

/** Imports the module and finds the function; a {@link Refusal} says why not. */
export async function loadFunction(module: string, exportName: string): Promise<WorkerFunction | Refusal> {
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = (await import(module)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return { why: 'module', cause: describeThrown(error) };
  }
  const invoke = exports[exportName];
  if (typeof invoke !== 'function') {
    const available = Object.keys(exports).filter((name) => typeof exports[name] === 'function');
    return { why: 'export', cause: undefined, available };
  }
  const loaded: WorkerFunction = { invoke: invoke as WorkerFunction['invoke'], isQuick: false };
  const functions = modules.get(module) ?? new Map<string, WorkerFunction>();
  modules.set(module, functions.set(exportName, loaded));
  return loaded;
}

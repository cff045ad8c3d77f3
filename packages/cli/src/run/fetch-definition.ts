import { dirname, join, relative, resolve } from 'node:path';
import type { RunRow } from '@sluice/ledger';

/** What the command line keeps with a run of `fetch`, so that it can be gone on with from its ledger alone. */
export interface FetchDefinition {
  /** The list, relative to the ledger's folder, so that both can move together; null for standard input. */
  readonly list: string | null;
  /** Headers as the user wrote them, without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contact: string | null;
}

/** What a list that comes on standard input is called on the screen. */
export const STANDARD_INPUT = 'standard input';

/** The list as {@link FetchDefinition} keeps it. */
export function storedList(list: string, ledger: string): string | null {
  return list === '-' ? null : relative(dirname(resolve(ledger)), resolve(list));
}

/** Where the list of a run lies, seen from this folder; `-` for standard input. */
export function listOf(definition: FetchDefinition, ledger: string): string {
  return definition.list === null ? '-' : join(dirname(ledger), definition.list);
}

/** What a run of `fetch` was started with; undefined for a run that this command line did not start. */
export function readFetchDefinition(run: RunRow): FetchDefinition | undefined {
  if (run.kind !== 'fetch') return undefined;
  return (JSON.parse(run.definition) as { readonly fetch?: FetchDefinition }).fetch;
}

/** Whether two definitions give the same results: another name of the list or another contact changes none. */
export function isSameWork(a: FetchDefinition, b: FetchDefinition): boolean {
  return JSON.stringify(Object.entries(a.headers).sort()) === JSON.stringify(Object.entries(b.headers).sort());
}

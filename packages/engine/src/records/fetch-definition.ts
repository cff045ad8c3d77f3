import { dirname, join, relative, resolve } from 'node:path';

/** What is kept with a run of `fetch`, so that whoever has its ledger can go on with it. */
export interface FetchDefinition {
  /** The list, relative to the ledger's folder, so that both can move together; null for standard input. */
  readonly list: string | null;
  /** Headers as the user wrote them, without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contact: string | null;
  /** What is kept of the replies. Default: all of them. */
  readonly store?: 'none';
}

/** The path of a list, or `-`, as a {@link FetchDefinition} keeps it. */
export function storedList(list: string, ledger: string): string | null {
  return list === '-' ? null : relative(dirname(resolve(ledger)), resolve(list));
}

/** Where the list of a run lies, seen from this folder; `-` for standard input. */
export function listPath(definition: FetchDefinition, ledger: string): string {
  return definition.list === null ? '-' : join(dirname(ledger), definition.list);
}

/** What a run of `fetch` was started with; undefined for a run of anything else, and for one that a program started. */
export function readFetchDefinition(run: {
  readonly kind: string;
  readonly definition: string;
}): FetchDefinition | undefined {
  if (run.kind !== 'fetch') return undefined;
  return (JSON.parse(run.definition) as { readonly fetch?: FetchDefinition }).fetch;
}

/** Whether two definitions give the same results: another name of the list or another contact changes none. */
export function isSameWork(a: FetchDefinition, b: FetchDefinition): boolean {
  if (a.store !== b.store) return false;
  return JSON.stringify(Object.entries(a.headers).sort()) === JSON.stringify(Object.entries(b.headers).sort());
}

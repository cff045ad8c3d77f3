import { relative } from 'node:path';

/** A database of a test file's own. */
export interface TemporaryDatabase extends AsyncDisposable {
  /** For `connect()`. */
  readonly url: string;
  /** Runs a statement beside the code under test, on a connection of its own to the same database. */
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** A name that no other test file uses. */
export function temporaryName(): string {
  return `sluice_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`;
}

/**
 * Where no server can be had the tests are skipped, which is said; in CI that is a failure.
 *
 * @throws Error under `CI=true`.
 */
export function missing(product: string, cause: unknown): undefined {
  if (process.env.CI === 'true') throw new Error(`${product} is not there, and CI must test it`, { cause });
  console.log(`${testFile()}: no ${product} can be had here, so its tests are skipped`);
  return undefined;
}

/** The test file that runs, for what is said about it. */
export function testFile(): string {
  return relative(process.cwd(), process.argv[1] ?? '');
}

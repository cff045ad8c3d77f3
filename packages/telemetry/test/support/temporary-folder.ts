import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A folder that is removed with everything in it at the end of its block. */
export interface TemporaryFolder extends AsyncDisposable {
  path(name: string): string;
  /** Makes a FIFO; returns its path. */
  fifo(name: string): Promise<string>;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-telemetry-'));
  return {
    path: (name) => join(folder, name),
    async fifo(name) {
      await promisify(execFile)('mkfifo', [join(folder, name)]);
      return join(folder, name);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A JSON line. */
export interface Entry {
  readonly level: string;
  readonly time: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The lines of a text, every one of which must be whole. */
export function entries(text: string): Entry[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`cut off: …${text.slice(-80)}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry);
}

/** The lines of a file. */
export async function entriesOf(path: string): Promise<Entry[]> {
  return entries(await readFile(path, 'utf8'));
}

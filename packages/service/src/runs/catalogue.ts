import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { timeOfId } from './run-id.ts';

const LEDGER = '.run.db';
const RECIPE = '.run.json';
const URLS = '.urls.txt';

/** The files of one run. Those of a run that waits for its turn, or was not started here, are not all there. */
export interface RunFiles {
  readonly id: string;
  readonly ledger: string;
  readonly recipe: string;
  /** URLs that came with the submission. */
  readonly urls: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/**
 * The runs of a folder, whoever started them. What a client names is only ever compared with what lies there: no path is made of a request.
 */
export class Catalogue {
  readonly #folder: string;
  #runs = new Map<string, RunFiles>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All runs, the newest first. */
  async list(): Promise<RunFiles[]> {
    await this.#scan();
    return [...this.#runs.values()].sort(newerFirst);
  }

  /** The run with that id; undefined when there is none. */
  async find(id: string): Promise<RunFiles | undefined> {
    if (!this.#runs.has(id)) await this.#scan();
    return this.#runs.get(id);
  }

  /** The files that a new run will have. */
  add(id: string): RunFiles {
    const files = this.#filesOf(id, timeOfId(id) ?? Date.now());
    this.#runs.set(id, files);
    return files;
  }

  forget(id: string): void {
    this.#runs.delete(id);
  }

  async #scan(): Promise<void> {
    const found = new Map<string, RunFiles>();
    for (const name of await readdir(this.#folder)) {
      const id = idOf(name);
      if (id === undefined || found.has(id)) continue;
      found.set(id, this.#runs.get(id) ?? this.#filesOf(id, timeOfId(id) ?? (await this.#bornAt(name))));
    }
    this.#runs = found;
  }

  /** The name of a run that was started elsewhere does not tell its age. */
  async #bornAt(name: string): Promise<number> {
    const stats = await stat(join(this.#folder, name)).catch(() => undefined);
    return Math.floor(stats?.birthtimeMs ?? 0);
  }

  #filesOf(id: string, createdAt: number): RunFiles {
    const base = join(this.#folder, id);
    return { id, ledger: base + LEDGER, recipe: base + RECIPE, urls: base + URLS, createdAt };
  }
}

/** The order of the list: the newest first, and a definite one among runs of the same instant. */
export function newerFirst(a: Pick<RunFiles, 'createdAt' | 'id'>, b: Pick<RunFiles, 'createdAt' | 'id'>): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

function idOf(name: string): string | undefined {
  for (const ending of [LEDGER, RECIPE]) {
    if (name.endsWith(ending) && name.length > ending.length) return name.slice(0, -ending.length);
  }
  return undefined;
}

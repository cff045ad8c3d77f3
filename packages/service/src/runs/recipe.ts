import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type RunOptions, runOptionsSchema } from '../schemas/submission-schema.ts';

/** What a run works on: its own URLs, an uploaded list, or what a registered job says. */
export type Work = { readonly verb: 'fetch'; readonly list: string | null } | { readonly job: string };

/** What a run was submitted as, kept beside its ledger: enough to begin it, and to go on with it after a restart. */
export interface Recipe {
  readonly version: 1;
  readonly work: Work;
  readonly options: RunOptions;
  /** The key that the client gave, and a digest of what it submitted with it. */
  readonly idempotency: { readonly key: string; readonly digest: string } | null;
}

const recipeSchema: z.ZodType<Recipe> = z.object({
  version: z.literal(1),
  work: z.union([z.object({ verb: z.literal('fetch'), list: z.string().nullable() }), z.object({ job: z.string() })]),
  options: runOptionsSchema,
  idempotency: z.object({ key: z.string(), digest: z.string() }).nullable(),
});

/** Writes a recipe so that it is there whole or not at all. */
export async function writeRecipe(path: string, recipe: Recipe): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    await writeFile(draft, JSON.stringify(recipe), { flush: true, mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

const MAX_KEPT = 10_000;

/** The recipes beside ledgers. They never change, so each is read once. */
export class Recipes {
  readonly #kept = new Map<string, Recipe>();

  /** The recipe in a file; undefined when there is none that can be understood. */
  async read(path: string): Promise<Recipe | undefined> {
    const kept = this.#kept.get(path);
    if (kept !== undefined) return kept;
    const text = await readFile(path, 'utf8').catch(() => '');
    try {
      const recipe = recipeSchema.parse(JSON.parse(text));
      this.#kept.set(path, recipe);
      if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
      return recipe;
    } catch {
      // A run of the command line has none, and one that cannot be read must not hide its run.
      return undefined;
    }
  }

  forget(path: string): void {
    this.#kept.delete(path);
  }
}

import type { SharedRing } from '../ring/shared-ring.ts';

/** Where lines go: this process's standard error or standard output, or an absolute path. */
export type Target = { readonly descriptor: 1 | 2 } | { readonly path: string };

/** How lines look: for people, for programs, or for whichever of the two the destination is. */
export type LogFormat = 'auto' | 'pretty' | 'json';

/** What the writing thread is started with. */
export interface ThreadSetup {
  readonly ring: SharedRing;
  readonly target: Target;
  readonly format: LogFormat;
}

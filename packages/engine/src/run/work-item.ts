import type { Spent } from '../item/retry-policy.ts';

/** An item that is ready to be begun. */
export interface WorkItem<Input> {
  /** Position in the source, or the id of a recorded item (negative for an emitted one). */
  readonly id: number;
  readonly key: string;
  readonly host: string;
  readonly text: string | null;
  readonly input: Input;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly spent: Spent;
  /** Keys of its limits besides its host's gate. */
  readonly limits: readonly string[] | undefined;
}

import type { SourceCursor } from '@sluice/ledger';

/** The text of an item of which nothing could be kept: no line and no JSON value is empty, so {@link ItemSource.parse} refuses it. */
export const NO_TEXT = '';

/** An item as it stands in the source. */
export interface ReadItem<Input> {
  /** Line or row number, from 1. */
  readonly position: number;
  /** The key that the source gives it. */
  readonly key: string;
  /** The item as text: what the ledger keeps, and what {@link ItemSource.parse} makes an input of. Null when it equals the key. */
  readonly text: string | null;
  /** The parsed input, or why there is none. */
  readonly input: { readonly ok: true; readonly value: Input } | { readonly ok: false; readonly error: Error };
}

/** A few items that were read in one go. */
export interface ReadBatch<Input> {
  readonly items: readonly ReadItem<Input>[];
  /** Where the source goes on behind them. */
  readonly to: SourceCursor;
}

/** What is known of a source before it is read. */
export interface SourceFacts {
  /** Names it in messages: a path, `stdin`, `iterable`. */
  readonly name: string;
  /** Tells whether it is the same as before; null when that cannot be told. */
  readonly fingerprint: string | null;
  /** A run that goes on reads it again up to where it stood (a compressed list). Default: false. */
  readonly isReadAgain?: boolean;
}

/** Where items come from. Read lazily, never whole into memory; it can go on from a cursor. */
export interface ItemSource<Input> {
  /** Opens it far enough to know that it can be read. @throws EngineError when it cannot. */
  facts(): Promise<SourceFacts>;
  /** Reads from `cursor` (null: the beginning) to the end. */
  read(cursor: SourceCursor): AsyncIterable<ReadBatch<Input>>;
  /** Makes an input of what the ledger kept: for items that are tried again. @throws EngineError */
  parse(text: string): Input;
  /** The number of items, when it can be found out without holding up the run; it may count a little ahead. */
  count?(): Promise<number | null>;
}

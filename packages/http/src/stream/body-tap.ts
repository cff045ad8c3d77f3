import type { HeaderList } from '../header-list.ts';

/** What holds a response back while its reader is busy. */
export interface TapSource {
  /** The response is not read any further; no deadline but that of the whole request counts meanwhile. */
  hold(): void;
  release(): void;
  /** Ends the exchange with `reason`; does nothing after its end. */
  abort(reason: unknown): void;
}

/** The head of a response whose body will come piece by piece. */
export interface TappedHead {
  readonly status: number;
  readonly headers: HeaderList;
  readonly url: string;
  readonly redirects: readonly string[];
  readonly source: TapSource;
}

/** Who takes a body piece by piece instead of whole. */
export interface BodyTap {
  /** Called once: redirects that are followed are not told. */
  onHead(head: TappedHead): void;
  onChunk(chunk: Uint8Array): void;
}

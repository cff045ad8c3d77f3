import type { Exchange } from './exchange.ts';

/** One entry of the lab's route table. */
export interface Route {
  /** The pattern: literal segments, `:name` for one segment, a last `*` for any rest. */
  readonly path: string;
  /** The query parameters it reads, for people, as in `?duration&numbytes`. */
  readonly query?: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** A path to try it with; the index page links to it. Default: the pattern itself. */
  readonly example?: string;
  /** The methods it accepts (GET includes HEAD). Default: every method. */
  readonly methods?: readonly string[];
  /** False keeps its requests out of the hit counter. Default: true. */
  readonly counted?: boolean;
  readonly handle: (exchange: Exchange) => void | Promise<void>;
}

/** Routes that belong together: one file of `routes/`, one section of the index page. */
export interface RouteFamily {
  readonly name: string;
  readonly routes: readonly Route[];
}

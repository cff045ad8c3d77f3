import { RequestError } from './request-error.ts';
import type { Route, RouteFamily } from './route.ts';

/** The route that serves a path, with its decoded parameters. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/** Finds routes by their first segment, so that the length of the table does not matter. */
export class Router {
  readonly #byFirstSegment = new Map<string, Pattern[]>();

  constructor(families: readonly RouteFamily[]) {
    for (const route of families.flatMap((family) => family.routes)) {
      const segments = route.path.slice(1).split('/');
      const first = segments[0] ?? '';
      const patterns = this.#byFirstSegment.get(first);
      if (patterns === undefined) this.#byFirstSegment.set(first, [{ route, segments }]);
      else patterns.push({ route, segments });
    }
  }

  /** Throws a `RequestError`: 404 if no route has this path, 405 if none of those takes the method, 400 if it is malformed. */
  match(method: string, path: string): Match {
    const segments = path.slice(1).split('/');
    let allowed: string[] | undefined;
    for (const pattern of this.#byFirstSegment.get(segments[0] ?? '') ?? []) {
      if (!fits(pattern.segments, segments)) continue;
      const { methods } = pattern.route;
      if (methods === undefined || methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))) {
        return { route: pattern.route, params: readParams(pattern.segments, segments) };
      }
      // Several routes may share a path, one for each method.
      allowed = [...(allowed ?? []), ...methods];
    }
    if (allowed !== undefined) {
      const list = allowed.join(', ');
      throw new RequestError(405, `${path} takes ${list}, not ${method}`, ['Allow', list]);
    }
    throw new RequestError(404, `no route has the path ${path}; GET / lists all routes`);
  }
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '*';
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false;
  return pattern.every((part, index) => part === '*' || part.startsWith(':') || part === segments[index]);
}

function readParams(pattern: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> {
  if (!pattern.some((part) => part.startsWith(':'))) return NO_PARAMS;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    if (part.startsWith(':')) params[part.slice(1)] = decodeSegment(segments[index] ?? '');
  }
  return params;
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new RequestError(400, `'${segment}' is not valid percent-encoding`);
  }
}

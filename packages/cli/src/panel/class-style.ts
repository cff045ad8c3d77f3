import type { Style } from '../text/paint.ts';

const WARNINGS: ReadonlySet<string> = new Set(['throttled', 'in-doubt', 'cancelled', 'policy', 'limit']);

/** How an outcome class looks: `ok` good, what calls for patience or a decision as a warning, the rest bad. */
export function classStyle(outcomeClass: string): Style {
  if (outcomeClass === 'ok') return 'good';
  return WARNINGS.has(outcomeClass) ? 'warn' : 'bad';
}

import { RequestError } from './request-error.ts';

/** What a number in a path or query may be. */
export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  /** True refuses fractions. Default: false. */
  readonly integer?: boolean;
}

/** Reads a decimal number from a path or query. Throws a `RequestError` (400) that names the parameter and its bounds. */
export function numberIn(text: string, name: string, bounds: NumberBounds): number {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max && (bounds.integer !== true || Number.isInteger(value))) return value;
  const kind = bounds.integer === true ? 'a whole number' : 'a number';
  throw new RequestError(400, `${name} must be ${kind} from ${bounds.min} to ${bounds.max}, not '${text}'`);
}

/** An error in a form that every copy algorithm keeps: structured cloning alone drops the class name, `code` and all other own properties. */
interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own properties that can be copied, `code` among them. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of the classes of Sluice that it is an instance of. */
  readonly brands: readonly string[];
  readonly cause?: Described;
  /** What an AggregateError holds. */
  readonly errors?: readonly Described[];
}

/** Anything that was thrown: an error, or a value as it is. */
export type Described = { readonly error: ErrorDescription } | { readonly value: unknown };

/** How deep causes are followed: an error may be its own cause. */
const MAX_DEPTH = 8;
const BRAND = 'sluice.error.';

/** Describes what was thrown. What cannot be copied (a function among the properties) is left out, a thrown value that cannot becomes text. */
export function describeThrown(thrown: unknown, depth = 0): Described {
  if (!(thrown instanceof Error)) return { value: isCloneable(thrown) ? thrown : String(thrown) };
  const inner = depth < MAX_DEPTH;
  const properties: Record<string, unknown> = {};
  for (const key of Object.getOwnPropertyNames(thrown)) {
    if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause' || key === 'errors') continue;
    const value = (thrown as unknown as Record<string, unknown>)[key];
    if (isCloneable(value)) properties[key] = value;
  }
  return {
    error: {
      name: String(thrown.name),
      message: String(thrown.message),
      stack: thrown.stack,
      properties,
      brands: brandsOf(thrown),
      ...(inner && 'cause' in thrown ? { cause: describeThrown(thrown.cause, depth + 1) } : {}),
      ...(inner && thrown instanceof AggregateError
        ? { errors: thrown.errors.map((error) => describeThrown(error, depth + 1)) }
        : {}),
    },
  };
}

/** Rebuilds what was thrown: the same class where the language has it, else an Error with the same name; `instanceof` holds for the classes of Sluice. */
export function reviveThrown(described: Described): unknown {
  if (!('error' in described)) return described.value;
  const { name, message, stack, properties, brands, cause, errors } = described.error;
  const error =
    errors === undefined ? new (builtIn(name))(message) : new AggregateError(errors.map(reviveThrown), message);
  for (const [key, value] of Object.entries(properties)) define(error, key, value, true);
  if (error.name !== name) define(error, 'name', name);
  if (cause !== undefined) define(error, 'cause', reviveThrown(cause));
  for (const brand of brands) define(error, Symbol.for(BRAND + brand), true);
  define(error, 'stack', stack);
  return error;
}

const BUILT_IN: Readonly<Record<string, new (message: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

function builtIn(name: string): new (message: string) => Error {
  return Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name]! : Error;
}

function define(error: Error, key: PropertyKey, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

/** The registered symbols by which the classes of @sluice/core know their instances across copies of the package. */
function brandsOf(error: object): string[] {
  const brands: string[] = [];
  for (let proto: object | null = error; proto !== null; proto = Object.getPrototypeOf(proto) as object | null) {
    for (const symbol of Object.getOwnPropertySymbols(proto)) {
      const key = Symbol.keyFor(symbol);
      if (key?.startsWith(BRAND)) brands.push(key.slice(BRAND.length));
    }
  }
  return brands;
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

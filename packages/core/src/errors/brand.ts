/**
 * Makes `instanceof` hold across two copies of this package (two versions in one `node_modules` tree, or sources beside a build):
 * a class carries a registered symbol on its prototype, and `instanceof` asks for the symbol.
 * Classes that users derive have no symbol of their own and are told apart in the ordinary way.
 */
const brands = new WeakMap<object, symbol>();

/** Gives `errorClass` the brand `name`; instances of every copy of that class carry it. The first brand is its own, later ones say what it is besides. */
export function brand(errorClass: { prototype: object }, name: string): void {
  const symbol = Symbol.for(`sluice.error.${name}`);
  if (!brands.has(errorClass)) brands.set(errorClass, symbol);
  Object.defineProperty(errorClass.prototype, symbol, { value: true });
}

/** What `value instanceof errorClass` answers for branded classes and for classes derived from them. */
export function hasBrand(errorClass: object, value: unknown): boolean {
  const symbol = brands.get(errorClass);
  if (symbol === undefined) return Function.prototype[Symbol.hasInstance].call(errorClass, value);
  return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[symbol] === true;
}

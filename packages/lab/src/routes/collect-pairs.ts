/** An object of the pairs; a name given more than once has the list of its values, as in httpbin. */
export function collectPairs(pairs: Iterable<[string, string]>): Record<string, string | string[]> {
  const collected = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const known = collected.get(name);
    collected.set(name, known === undefined ? value : [known, value].flat());
  }
  return Object.fromEntries(collected);
}

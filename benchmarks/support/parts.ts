/** Runs the part of a suite that is wanted, or all of them one after the other. @throws Error for a part that there is not */
export async function runParts<T>(parts: Readonly<Record<string, () => Promise<T>>>, wanted?: string): Promise<T[]> {
  if (wanted !== undefined && parts[wanted] === undefined)
    throw new Error(`no such part: ${wanted}; there are ${Object.keys(parts).join(', ')}`);
  const results: T[] = [];
  for (const [name, run] of Object.entries(parts)) {
    if (wanted === undefined || wanted === name) results.push(await run());
  }
  return results;
}

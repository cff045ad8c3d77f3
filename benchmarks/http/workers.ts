/** So many loops take turns at `count` calls; answers how many ended well. */
export async function workers(count: number, concurrency: number, call: () => Promise<boolean>): Promise<number> {
  let begun = 0;
  let ok = 0;
  const work = async (): Promise<void> => {
    while (begun++ < count) if (await call()) ok++;
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return ok;
}

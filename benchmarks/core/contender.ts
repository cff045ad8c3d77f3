import { measure } from '../support/measure.ts';

/** One way to do the work: its libraries are loaded before the clock starts. It answers how many ended well. */
export type Contender = () => Promise<() => Promise<number>>;

/** Runs the contender that the command line names, with as many items as it says. */
export async function runContender(
  contenders: (items: number) => Record<string, Contender>,
  defaultItems: number,
): Promise<void> {
  const [name = '', count] = process.argv.slice(2);
  const items = Number(count ?? defaultItems);
  const prepare = contenders(items)[name];
  if (prepare === undefined) throw new Error(`no contender '${name}': ${Object.keys(contenders(0)).join(', ')}`);
  const work = await prepare();
  await measure(items, work);
}

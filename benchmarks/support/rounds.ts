/** For contenders that measure themselves, in any language: interleaved rounds, medians, and ratios taken within a round. */
import { median } from './compare.ts';

/** What one round of one contender gave, by the name of the figure. */
export type Figures = Readonly<Record<string, number>>;

export interface Runner {
  readonly name: string;
  readonly run: () => Promise<Figures>;
}

/** Of each contender, the figures of every round that counts. */
export type Rounds = ReadonlyMap<string, readonly Figures[]>;

/** Runs every contender `rounds` times, after one round that does not count, the order turning from round to round. */
export async function interleaved(runners: readonly Runner[], rounds: number): Promise<Rounds> {
  const results = new Map<string, Figures[]>(runners.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const turn = round % runners.length;
    for (const { name, run } of [...runners.slice(turn), ...runners.slice(0, turn)]) {
      const figures = await run();
      if (round > 0) results.get(name)!.push(figures);
      console.log(JSON.stringify({ round, name, ...figures }));
    }
  }
  return results;
}

/** The median of a figure over the rounds. */
export function medianOf(results: Rounds, name: string, figure: string): number {
  return median(results.get(name)!.map((figures) => figures[figure]!));
}

/** The median of a contender's figure divided by another's of the same round. */
export function medianRatio(results: Rounds, name: string, to: string, figure: string): number {
  const others = results.get(to)!;
  return median(results.get(name)!.map((figures, index) => figures[figure]! / others[index]![figure]!));
}

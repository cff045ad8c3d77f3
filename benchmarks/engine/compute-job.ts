import { defineJob, from, type Job } from '@sluice/engine';

const LENGTH = 1000;

/** Steps that compute: each compares two texts of 1,000 characters, which takes about 5 ms. */
export function computeJob(count: number): Job<number, number> {
  return defineJob({
    source: from.iterable(Array.from({ length: count }, (_, index) => index)),
    idempotent: true,
    concurrency: 64,
    module: { url: import.meta.url, exportName: 'computeJob', data: count },
    step: (index) => editDistance(textOf(index), textOf(index + 1)),
  });
}

/** Characters that follow from the seed. */
function textOf(seed: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length: LENGTH }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 28;
  });
}

/** How many characters have to be changed to make one text of another (Wagner and Fischer, 1974), one row at a time. */
function editDistance(a: Uint8Array, b: Uint8Array): number {
  const row = new Uint16Array(b.length + 1).map((_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j]!;
      row[j] = Math.min(above + 1, row[j - 1]! + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length]!;
}

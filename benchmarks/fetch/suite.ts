import { fileURLToPath } from 'node:url';
import { startLabProcess } from '../../e2e/support/lab.ts';
import { type Comparison, compare } from '../support/compare.ts';

const ITEMS = 50_000;

/** Fetching a list of URLs of 1 KiB from one local server, against what people use today. */
export async function fetchSuite(rounds: number): Promise<Comparison[]> {
  await using lab = await startLabProcess();
  return [100].map((concurrency) => {
    const contender = (name: string, file: string) => ({
      name,
      command: ['node', fileURLToPath(new URL(file, import.meta.url)), lab.url, String(ITEMS), String(concurrency)] as [
        string,
        ...string[],
      ],
    });
    return compare(
      `${ITEMS.toLocaleString('en')} URLs of 1 KiB, concurrency ${concurrency}`,
      [
        contender('Sluice engine, every outcome and body in SQLite', './sluice.ts'),
        contender('`map` + `Session`, nothing stored', './sluice-session.ts'),
        contender('p-limit + undici `request`, nothing stored', './p-limit-undici.ts'),
        contender('p-limit + built-in `fetch`, nothing stored', './p-limit-fetch.ts'),
      ],
      rounds,
    );
  });
}

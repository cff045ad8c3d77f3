/** The rows of every contender: five columns of four types, made on the fly. rows.py has the same. */
export const COLUMNS = 'id int, name varchar(100), email varchar(100), score double precision, active int';

export interface BenchmarkRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly score: number;
  readonly active: number;
}

export function* benchmarkRows(count: number): Generator<BenchmarkRow, void, undefined> {
  for (let id = 0; id < count; id++) {
    yield { id, name: `person number ${id}`, email: `p${id}@example.org`, score: id * 0.37, active: id & 1 };
  }
}

/** The same rows as the native clients read them from a file. */
export function* benchmarkLines(count: number): Generator<string, void, undefined> {
  for (const row of benchmarkRows(count)) yield `${Object.values(row).join('\t')}\n`;
}

/** As many different URLs as asked for, made one by one. */
export function* urls(base: string, count: number): Generator<string, void, undefined> {
  for (let index = 0; index < count; index++) yield `${base}?n=${index}`;
}

/** `URL COUNT CONCURRENCY`, as every contender is called. */
export function readTask(): { readonly base: string; readonly count: number; readonly concurrency: number } {
  const [base = '', count = '', concurrency = ''] = process.argv.slice(2);
  return { base, count: Number(count), concurrency: Number(concurrency) };
}

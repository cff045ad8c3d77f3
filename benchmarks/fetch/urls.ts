/** As many different URLs of the lab as asked for, 1 KiB each, made one by one. */
export function* urls(base: string, count: number): Generator<string, void, undefined> {
  for (let index = 0; index < count; index++) yield `${base}/bytes/1024?n=${index}`;
}

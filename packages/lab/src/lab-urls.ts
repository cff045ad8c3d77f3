/** Which paths a demo list has in turn, by the number of the entry; items come in between. */
const CYCLE = 20;

/**
 * A demo list of `count` different URLs of a lab at `baseUrl` (`lab.url`): of every 20, 14 are items, two are bytes,
 * and one each is a delay (0.1–1 s), a compressed page, a redirect and a status. The same arguments give the same list.
 *
 * ```ts
 * for (const url of labUrls(lab.url, 2000)) console.log(url);
 * ```
 */
export function* labUrls(baseUrl: string, count: number): Generator<string, void> {
  const base = baseUrl.replace(/\/+$/, '');
  for (let number = 1; number <= count; number += 1) yield base + demoPath(number);
}

function demoPath(number: number): string {
  const round = Math.floor(number / CYCLE);
  switch (number % CYCLE) {
    case 3:
      return `/bytes/${1024 * (1 + (round % 8))}?file=${number}`;
    case 6:
      return `/gzip?page=${number}`;
    case 9:
      return `/redirect/${1 + (round % 3)}?page=${number}`;
    case 12:
      return `/delay/${(1 + (round % 10)) / 10}?page=${number}`;
    case 15:
      return `/status/${[200, 200, 201, 202, 410][round % 5]}?check=${number}`;
    case 18:
      return `/bytes/${16_384 * (1 + (round % 4))}?file=${number}`;
    default:
      return `/item/${number}`;
  }
}

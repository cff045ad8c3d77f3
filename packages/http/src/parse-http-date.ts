const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})';
const IMF_FIXDATE = new RegExp(`^[A-Z][a-z]{2}, (\\d{2}) ([A-Z][a-z]{2}) (\\d{4}) ${TIME} GMT$`);
const RFC850 = new RegExp(`^[A-Z][a-z]{5,8}, (\\d{2})-([A-Z][a-z]{2})-(\\d{2}) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/**
 * The epoch milliseconds of an HTTP date in any of its three forms (RFC 9110 5.6.7); undefined for anything else.
 * `Date.parse` is no use here: it takes "soon 5" for a date. A two-digit year more than 50 years ahead of `nowEpochMs` is in the past.
 */
export function parseHttpDate(text: string, nowEpochMs: number): number | undefined {
  let match = IMF_FIXDATE.exec(text);
  if (match !== null) return epochMs(match[3]!, match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
  match = RFC850.exec(text);
  if (match !== null) {
    const thisYear = new Date(nowEpochMs).getUTCFullYear();
    let year = thisYear - (thisYear % 100) + Number(match[3]);
    if (year > thisYear + 50) year -= 100;
    return epochMs(String(year), match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
  }
  match = ASCTIME.exec(text);
  if (match !== null) return epochMs(match[6]!, match[1]!, match[2]!, match[3]!, match[4]!, match[5]!);
  return undefined;
}

function epochMs(
  year: string,
  monthName: string,
  day: string,
  hour: string,
  minute: string,
  second: string,
): number | undefined {
  const month = MONTHS.indexOf(monthName);
  // Second 60 is a leap second, which the grammar allows.
  if (month < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const midnight = Date.UTC(Number(year), month, Number(day));
  if (new Date(midnight).getUTCMonth() !== month) return undefined;
  return midnight + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000;
}

const WHOLE = new Intl.NumberFormat('en');
const TENTHS = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** @param {number} value */
export function count(value) {
  return WHOLE.format(value);
}

/** @param {number} perSecond */
export function rate(perSecond) {
  return `${perSecond < 10 ? TENTHS.format(perSecond) : WHOLE.format(Math.round(perSecond))}/s`;
}

/** @param {number} ms */
export function duration(ms) {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} h ${Math.floor((seconds % 3600) / 60)} min` : `${Math.floor(hours / 24)} days`;
}

/** @param {string} iso */
export function moment(iso) {
  return MOMENT.format(new Date(iso));
}

/** Text of a server's: what would change the direction or the shape of the line is shown as a box. @param {string} text */
export function printable(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\u25a1');
}

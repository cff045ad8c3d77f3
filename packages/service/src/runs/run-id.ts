import { randomBytes } from 'node:crypto';

const OURS = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(\d{3})-[0-9a-z]{10}$/;
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new id for a run or a list: the time, so that ids sort by age, and 50 random bits. It is a safe file name. */
export function newId(at: number = Date.now()): string {
  const digits = new Date(at).toISOString().replace(/\D/g, '');
  const random = Array.from(randomBytes(10), (byte) => LETTERS[byte % 32]).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 17)}-${random}`;
}

/** When {@link newId} made an id, in epoch milliseconds; undefined for any other text. */
export function timeOfId(id: string): number | undefined {
  const match = OURS.exec(id);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second, ms] = match.slice(1).map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second, ms);
}

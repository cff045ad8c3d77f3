import { type Line, span } from '../text/line.ts';
import { formatBytes } from '../text/numbers.ts';
import { printable } from '../text/printable.ts';

const PREVIEW_BYTES = 4096;
const PREVIEW_LINES = 20;
const HEX_BYTES = 64;

/** The beginning of a body: lines of text, or bytes in hexadecimal where it is none. */
export function layBody(body: Uint8Array, charset: string | null, columns: number): Line[] {
  if (body.length === 0) return [[span('body     ', 'faint'), span('empty')]];
  const preview = decode(body.subarray(0, PREVIEW_BYTES), charset, body.length > PREVIEW_BYTES);
  if (preview === undefined) {
    const hex = Buffer.from(body.subarray(0, HEX_BYTES))
      .toString('hex')
      .replace(/(..)(?=.)/g, '$1 ');
    return [[span('body     ', 'faint'), span(`${formatBytes(body.length)}, not text: ${hex}`)]];
  }
  const lines = preview.split(/\r\n|\r|\n/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  const shown = lines.slice(0, PREVIEW_LINES);
  const isWhole = body.length <= PREVIEW_BYTES && shown.length === lines.length;
  return [
    [span('body     ', 'faint'), span(`${formatBytes(body.length)}${isWhole ? '' : ', its beginning'}`)],
    ...shown.map((line): Line => [span(`  ${printable(line, columns - 2)}`)]),
  ];
}

/** Undefined for what is no text: bytes that are not in the charset, or a NUL. */
function decode(bytes: Uint8Array, charset: string | null, isCut: boolean): string | undefined {
  try {
    // A character that the cut went through is left out, not mistaken for damage.
    const text = new TextDecoder(charset ?? 'utf-8', { fatal: true }).decode(bytes, { stream: isCut });
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

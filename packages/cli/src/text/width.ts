// Unicode TR11: East Asian Wide and Fullwidth blocks, and what terminals draw as coloured emoji.
const WIDE: RegExp =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2fb}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
// Combining marks, and the Hangul vowels and finals that join the syllable before them.
const ZERO: RegExp = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;
const ASCII: RegExp = /^[\x20-\x7e]*$/;

/**
 * How many columns of a terminal one character (a code point) takes: 0, 1 or 2. For text that went through `printable`.
 */
function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/**
 * The text cut to `width` columns, with `…` at its end when something is missing. Never splits a character from its
 * marks.
 */
export function clip(text: string, width: number): string {
  if (width <= 0) return '';
  if (textWidth(text) <= width) return text;
  let clipped = '';
  let used = 0;
  for (const character of text) {
    const wide = characterWidth(character);
    if (used + wide > width - 1) break;
    clipped += character;
    used += wide;
  }
  return `${clipped}…`;
}

/** The text cut to `width` columns in its middle: of a URL both the host and the end of the path stay. */
export function clipMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const characters = [...text];
  const tailWidth = Math.floor((width - 1) / 2);
  let tail = '';
  let used = 0;
  for (let index = characters.length - 1; index >= 0; index--) {
    const character = characters[index]!;
    used += characterWidth(character);
    if (used > tailWidth) break;
    tail = character + tail;
  }
  const head = clip(text, width - textWidth(tail));
  return head + tail;
}

/**
 * The text filled up with spaces to `width` columns, at its end or, for numbers, at its beginning. Longer text stays as
 * it is.
 */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + fill : fill + text;
}

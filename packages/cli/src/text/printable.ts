import { clip } from './width.ts';

// Everything that draws nothing itself or changes how other text is drawn: C0, DEL, C1, bidi controls, joiners, tags,
// private use, lone surrogates, line and paragraph separators. Joiners are among them because terminals do not agree on
// the width of what they join.
const UNPRINTABLE: RegExp = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

/**
 * Text from a server or a list, safe for a terminal: control, escape and direction characters are shown as visible
 * escapes (`\n`, `\x1b`, `\u{202e}`), so that nothing outside Sluice moves the cursor, recolours, renames the window or
 * reorders what is read.
 *
 * @param maxWidth columns that it may take; the rest is cut off with `…`. Default: no bound.
 */
export function printable(text: string, maxWidth: number = Number.POSITIVE_INFINITY): string {
  // A server may send megabytes: only what can be seen is worth escaping. Four characters are the most that one column
  // hides behind marks.
  const seen = Number.isFinite(maxWidth) && text.length > maxWidth * 4 ? text.slice(0, maxWidth * 4) : text;
  return clip(seen.replace(UNPRINTABLE, escapeCharacter), maxWidth);
}

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

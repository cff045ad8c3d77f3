// Everything that draws nothing itself or changes how other text is drawn: C0, DEL, C1, direction and joining characters, tags, private
// use, lone surrogates, line and paragraph separators.
const UNPRINTABLE: RegExp = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

/**
 * Text that is safe on a terminal: control, escape and direction characters are shown (`\n`, `\x1b`, `\u{202e}`), not sent. So nothing
 * that was logged moves the cursor, recolours, renames the window or forges a line.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeCharacter);
}

/** The lines of a text, each {@link printable}; what follows the first is to be indented. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '    ')));
}

function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

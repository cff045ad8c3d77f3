const UNPRINTABLE: RegExp = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * A word as a shell reads it back unchanged: as it is when it holds nothing special, else in single quotes (POSIX
 * 2.2.2). One with characters that a terminal would act on becomes `$'…'` with escapes (POSIX.1-2024; bash, zsh, ksh),
 * so that it is safe to print and still means the same.
 */
export function shellQuote(word: string): string {
  if (UNPRINTABLE.test(word)) return `$'${[...word].map(escapeCharacter).join('')}'`;
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line out of words. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellQuote).join(' ');
}

function escapeCharacter(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0)!;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

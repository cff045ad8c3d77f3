/** The head of a message, checked already: every line is right and ends with CRLF (RFC 9112 2.1, 5). */
export interface HeadText {
  /** From the start line to the empty line, latin1. */
  readonly text: string;
  /** The {@link lengthBit} of the name of every field in it. */
  readonly nameLengths: number;
}

const SPACE = 0x20;
const TAB = 0x09;

/** One bit of 32 for the length of a field name: fields that are looked for are rarely there, and their lengths tell it nearly always. */
export function lengthBit(length: number): number {
  return 1 << (length & 31);
}

/** Name, value, name, value … of every field. */
export function splitHead({ text }: HeadText): string[] {
  const fields: string[] = [];
  let lineStart = text.indexOf('\r\n') + 2;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', lineStart);
    if (lineEnd === lineStart) return fields;
    const colon = text.indexOf(':', lineStart);
    let from = colon + 1;
    let to = lineEnd;
    // RFC 9112 5.1: spaces and tabs around a value are not part of it; what Unicode takes for white space besides is.
    while (from < to && isSpace(text.charCodeAt(from))) from++;
    while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
    fields.push(text.slice(lineStart, colon), text.slice(from, to));
    lineStart = lineEnd + 2;
  }
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Bytes that HTTP gives a meaning to. */
export const BYTE = {
  tab: 0x09,
  lf: 0x0a,
  cr: 0x0d,
  space: 0x20,
  colon: 0x3a,
  semicolon: 0x3b,
} as const;

/** 1 for the bytes of a token (RFC 9110 5.6.2): letters, digits and ``!#$%&'*+-.^_`|~``. */
export const IS_TOKEN: Uint8Array = classOf((byte) =>
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".includes(String.fromCharCode(byte)),
);

/** 1 for the bytes of a field value or a reason phrase (RFC 9110 5.5, RFC 9112 4): tab, space, visible characters, obs-text. */
export const IS_TEXT: Uint8Array = classOf((byte) => byte === BYTE.tab || (byte >= 0x20 && byte !== 0x7f));

/** Where the text that begins at `from` ends. Four bytes at a time as far as they are text, so for a tab it only is slower. */
export function textEnd(view: DataView, from: number, end: number): number {
  let pos = from;
  while (pos < end) {
    while (pos + 4 <= end && isPlainText(view.getInt32(pos))) pos += 4;
    const stop = Math.min(pos + 4, end);
    while (pos < stop && IS_TEXT[view.getUint8(pos)] === 1) pos++;
    if (pos < stop) return pos;
  }
  return pos;
}

/** Whether four bytes hold no control character: none is below 0x20 or is 0x7f, told by the borrows of a subtraction in each of them. */
function isPlainText(word: number): boolean {
  const notDelete = word ^ 0x7f7f7f7f;
  return ((((word - 0x20202020) & ~word) | ((notDelete - 0x01010101) & ~notDelete)) & 0x80808080) === 0;
}

/** The value of a hexadecimal digit; 255 for every other byte. */
export const HEX_VALUE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase());
  return value < 0 ? 255 : value;
});

function classOf(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0));
}

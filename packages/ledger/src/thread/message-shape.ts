const MAX_MESSAGE = 500;

/** What varies between two failures of one kind, and what stands for it. Order matters: URLs contain digits, quoted texts anything. */
const VARIABLE_PARTS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"<>]+/gi, '<url>'],
  [/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<hex>'],
  [/\b(?:0x[0-9a-f]+|(?=[a-f]*[0-9])[0-9a-f]{8,})\b/gi, '<hex>'],
  [/\d+/g, '<n>'],
];

/**
 * The shape of a failure's message: URLs, quoted texts, hexadecimal numbers and digits are replaced, so that 100,000 failures of one kind
 * have one shape. Only the first 500 characters count.
 */
export function messageShape(message: string): string {
  let shape = message.slice(0, MAX_MESSAGE);
  for (const [pattern, placeholder] of VARIABLE_PARTS) shape = shape.replace(pattern, placeholder);
  return shape;
}

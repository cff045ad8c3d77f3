import type { HeaderList } from './header-list.ts';

/** How far into a document a `<meta>` element is looked for, as in the HTML standard. */
const PRESCAN_BYTES = 1024;

/**
 * The charset of a body, as a name that `TextDecoder` knows: from its byte order mark, then the content type, then `<meta>` or the XML
 * declaration in the first 1024 bytes of HTML and XML (WHATWG Encoding and HTML 13.2.3), else `utf-8`. A name that nobody knows is passed over.
 */
export function detectCharset(headers: HeaderList, body: Uint8Array): string {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  const type = headers.get('content-type') ?? '';
  const named = /;\s*charset\s*=\s*"?([^\s";,]+)/i.exec(type)?.[1];
  const fromHeader = named === undefined ? undefined : knownCharset(named);
  if (fromHeader !== undefined) return fromHeader;
  return (/[/+](ht|x)ml/i.test(type) ? declaredCharset(body) : undefined) ?? 'utf-8';
}

function declaredCharset(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, PRESCAN_BYTES)).toString('latin1');
  const name = /<meta[^>]{0,200}?charset\s*=\s*["']?([\w:.-]+)|^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.-]+)/i.exec(
    head,
  );
  const charset = name === null ? undefined : knownCharset(name[1] ?? name[2]!);
  // The declaration was read byte by byte, so the document cannot be UTF-16, whatever it says.
  return charset?.startsWith('utf-16') ? 'utf-8' : charset;
}

function knownCharset(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

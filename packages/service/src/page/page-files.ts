import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** A file of the page, as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** The page: its document, and the files that it loads, by their address. */
export interface PageFiles {
  readonly document: string;
  readonly assets: ReadonlyMap<string, PageFile>;
}

const FOLDER = new URL('../../page/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * Reads the files of the page. Their addresses hold a hash of them all, so that browsers may keep them for ever and a new version is never mixed with
 * an old one; what the document loads itself is held to its digest as well (Subresource Integrity).
 */
export async function readPageFiles(): Promise<PageFiles> {
  const files = new Map<string, Buffer>();
  for (const name of (await readdir(FOLDER)).sort()) {
    if (extension(name) in TYPES) files.set(name, await readFile(new URL(name, FOLDER)));
  }
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(name).update(content);
  const base = `/assets/${hash.digest('hex').slice(0, 16)}/`;
  const assets = new Map<string, PageFile>();
  for (const [name, content] of files) assets.set(base + name, { type: TYPES[extension(name)]!, content });
  const source = await readFile(new URL('index.html', FOLDER), 'utf8');
  const document = source.replace(/(href|src)="\.\/([\w.-]+)"/g, (_match, attribute: string, name: string) => {
    const digest = createHash('sha384').update(files.get(name)!).digest('base64');
    const integrity = extension(name) === 'svg' ? '' : ` integrity="sha384-${digest}"`;
    return `${attribute}="${base}${name}"${integrity}`;
  });
  return { document, assets };
}

function extension(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

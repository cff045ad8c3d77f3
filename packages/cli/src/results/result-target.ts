import { createWriteStream } from 'node:fs';
import { access, constants, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CommandError } from '../command-error.ts';
import type { Host } from '../host.ts';
import { printable } from '../text/printable.ts';

/** What results are written as. */
export type ResultFormat = 'jsonl' | 'csv';

/** Where results go: checked before any work, written whole or not at all. */
export interface ResultTarget {
  /** As the user named it; `-` is standard output. */
  readonly name: string;
  readonly format: ResultFormat;
  /** Writes the text; a file takes its name only when it is complete. */
  write(text: AsyncIterable<string>): Promise<void>;
}

/** Formats by the ending of a file's name; a name without one (a device, a pipe) gets JSON lines. */
const FORMATS: Readonly<Record<string, ResultFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '': 'jsonl',
};

/** What is asked of a target. */
export interface ResultTargetOptions {
  /** Default: by the ending of the name; JSON lines on standard output. */
  readonly format?: ResultFormat | undefined;
  /** Files that it must not be: what the command reads. */
  readonly not?: readonly string[];
}

/**
 * Where `-o` says that results go. Tries it out at once, without touching what is there.
 *
 * @throws CommandError `SLUICE_CLI_OUTPUT` when it cannot be written.
 */
export async function resultTarget(name: string, host: Host, options: ResultTargetOptions = {}): Promise<ResultTarget> {
  if (name === '-') {
    return { name, format: options.format ?? 'jsonl', write: (text) => pipeline(text, host.stdout, { end: false }) };
  }
  const format = options.format ?? FORMATS[extname(name).toLowerCase()];
  if (format === undefined) {
    throw new CommandError(
      'SLUICE_CLI_OUTPUT',
      `cannot tell the format of ${printable(name)}: results are written as .jsonl or .csv; name the file so, or say --format`,
    );
  }
  try {
    // A link is written through: its target is replaced, not the link.
    const path = await realpath(name).catch(() => name);
    const found = await stat(path).catch(() => undefined);
    for (const other of options.not ?? []) {
      if (path === (await realpath(other).catch(() => other)))
        throw new Error('it is what this command reads: name another file');
    }
    if (found?.isDirectory() === true) throw new Error('it is a folder: name a file in it');
    // A pipe or a device cannot be replaced, only written to.
    if (found !== undefined && !found.isFile()) {
      await access(path, constants.W_OK);
      return { name, format, write: (text) => pipeline(text, createWriteStream(path)) };
    }
    if (found !== undefined) await access(path, constants.W_OK);
    const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    await (await open(draft, 'w')).close();
    await rm(draft);
    return { name, format, write: (text) => replaceFile(path, draft, text) };
  } catch (cause) {
    throw outputError(name, cause);
  }
}

async function replaceFile(path: string, draft: string, text: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(text, createWriteStream(draft, { flush: true }));
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw (cause as NodeJS.ErrnoException).syscall === undefined ? cause : outputError(path, cause);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist: make it first',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'you may not write there: choose another place',
  EPERM: 'you may not write there: choose another place',
  EROFS: 'that file system is read-only: choose another place',
  ENOSPC: 'the disk is full: make room, or choose another place',
};

function outputError(name: string, cause: unknown): CommandError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const why = REASONS[code ?? ''] ?? message;
  return new CommandError('SLUICE_CLI_OUTPUT', `cannot write ${printable(name)}: ${why}`, { cause });
}

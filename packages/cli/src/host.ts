import { createPaint, type Paint } from './text/paint.ts';

/** A stream that the command line writes to. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** What a command sees of its process: results go to `stdout`, everything else to `stderr`. */
export interface Host {
  /** The words after the program's name. */
  readonly args: readonly string[];
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The host of this process. */
export function processHost(): Host {
  return { args: process.argv.slice(2), stdout: process.stdout, stderr: process.stderr, env: process.env };
}

const DEFAULT_COLUMNS = 100;

/** How wide text for a stream may be: the terminal's width, 40 to 200 columns; where there is no terminal, 100. */
export function columnsOf(stream: OutputStream): number {
  return Math.min(200, Math.max(40, stream.columns ?? DEFAULT_COLUMNS));
}

/** The paint for one of the host's streams. */
export function paintFor(host: Host, stream: OutputStream): Paint {
  return createPaint({ isTTY: stream.isTTY, env: host.env });
}

/** How the user calls this program: under npm, `sluice` is not on the shell's path. */
export function programName(host: Host): string {
  return host.env.npm_command === undefined ? 'sluice' : 'npx sluice';
}

/** Writes one line. */
export function writeLine(stream: OutputStream, line: string = ''): void {
  stream.write(`${line}\n`);
}

interface ProcessLike {
  emitWarning?(warning: string, options: { type: string; code: string; ctor: unknown }): void;
}

/** How deep below our own frames, which come first in a stack, the user's line is looked for. */
const DEPTH = 25;

/** Warns with the line of the caller's code: see {@link emitWarning}. */
export function warn(code: string, message: string): void {
  const line = userFrame(trace().stack ?? '');
  emitWarning(code, line === undefined ? message : `${message} (${line})`);
}

/** The stack at this moment; made text only when somebody asks. */
export function trace(): Error {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const error = new Error('trace');
  Error.stackTraceLimit = before;
  return error;
}

/** Warns through the runtime's own channel (`process.emitWarning`), or on the console where there is none. */
export function emitWarning(code: string, text: string): void {
  const host = (globalThis as { process?: ProcessLike }).process;
  if (typeof host?.emitWarning === 'function')
    host.emitWarning(text, { type: 'SluiceWarning', code, ctor: emitWarning });
  else console.warn(`[${code}] ${text}`);
}

/** The first frame of a stack that is neither of this package nor of the runtime. */
export function userFrame(stack: string): string | undefined {
  const { pathname } = new URL('..', import.meta.url);
  // Node's frames hold URLs, Bun's paths: a URL ends like its path.
  const own = [pathname, decodeURI(pathname)];
  return stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .find((line) => line.startsWith('at ') && !own.some((path) => line.includes(path)) && !isOfRuntime(line));
}

/** By its place and not by its name: Bun calls an arrow function `<anonymous>`, Node the top of a CommonJS module; `ext:` is Deno's own code. */
function isOfRuntime(frame: string): boolean {
  const place = /\(([^()]*)\)$/.exec(frame)?.[1] ?? frame.slice('at '.length);
  return /^(?:node:|ext:|native$|unknown$|index \d|<anonymous>$)/.test(place.replace(/^async /, ''));
}

interface ProcessLike {
  emitWarning?(warning: string, options: { type: string; code: string; ctor: unknown }): void;
}

/** Warns with the line of the caller's code: see {@link emitWarning}. */
export function warn(code: string, message: string, below: (...args: never[]) => unknown): void {
  const at = { stack: '' };
  Error.captureStackTrace?.(at, below);
  const line = userFrame(at.stack);
  emitWarning(code, line === undefined ? message : `${message} (${line})`, below);
}

/** Warns through the runtime's own channel (`process.emitWarning`), or on the console where there is none. */
export function emitWarning(code: string, text: string, ctor: unknown): void {
  const host = (globalThis as { process?: ProcessLike }).process;
  if (typeof host?.emitWarning === 'function') host.emitWarning(text, { type: 'SluiceWarning', code, ctor });
  else console.warn(`[${code}] ${text}`);
}

/** The first frame of a stack that is neither of this package nor of the runtime. */
export function userFrame(stack: string): string | undefined {
  const own = new URL('..', import.meta.url).href;
  return stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .find((line) => line.startsWith('at ') && !line.includes(own) && !/\bnode:|<anonymous>/.test(line));
}

interface ProcessLike {
  emitWarning?(warning: string, options: { type: string; code: string; ctor: unknown }): void;
}

/** Warns through the runtime's own channel (`process.emitWarning`), with the caller's line, or on the console where there is none. */
export function warn(code: string, message: string, below: (...args: never[]) => unknown): void {
  const at = { stack: '' };
  Error.captureStackTrace?.(at, below);
  const line = userFrame(at.stack);
  const text = line === undefined ? message : `${message} (${line})`;
  const host = (globalThis as { process?: ProcessLike }).process;
  if (typeof host?.emitWarning === 'function') host.emitWarning(text, { type: 'SluiceWarning', code, ctor: below });
  else console.warn(`[${code}] ${text}`);
}

/** The first frame that is not of this package. */
function userFrame(stack: string): string | undefined {
  const own = new URL('..', import.meta.url).href;
  return stack
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .find((line) => line.startsWith('at ') && !line.includes(own));
}

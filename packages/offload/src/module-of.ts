import { UsageError } from '@sluice/core';

/**
 * The URL of a module that a worker can import, as text.
 *
 * @throws UsageError for a function (a closure cannot leave its thread) and for what is no absolute URL.
 */
export function moduleOf(module: URL | string, caller: string): string {
  if (typeof module === 'function') {
    throw new UsageError(
      `${caller}() takes the URL of a module, not a function: a closure cannot leave its thread. Move the function to a module of its own, ` +
        "export it, and pass new URL('./that-module.ts', import.meta.url) and the function's name",
    );
  }
  if (module instanceof URL) return module.href;
  if (typeof module === 'string' && URL.canParse(module)) return module;
  throw new UsageError(
    `${caller}() takes the URL of a module, not ${JSON.stringify(module)}: write new URL('./that-module.ts', import.meta.url)`,
  );
}

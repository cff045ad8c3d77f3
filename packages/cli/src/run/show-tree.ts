import { exposeTaskTree } from '@sluice/core/node';

/** Lets `sluice ps` read this process's task tree until it is disposed of. Where there is no place for the socket, nothing is shown and nothing else is lost. */
export async function showTree(): Promise<AsyncDisposable> {
  try {
    return await exposeTaskTree();
  } catch {
    return { async [Symbol.asyncDispose]() {} };
  }
}

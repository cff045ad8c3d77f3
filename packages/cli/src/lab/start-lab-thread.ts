import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CommandError } from '../command-error.ts';

/** What the lab's thread says when it has started, or why it cannot. */
export type LabThreadMessage = { readonly url: string; readonly port: number } | { readonly error: string };

/** A lab that runs in a thread of its own. */
export interface LabThread extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/**
 * Starts a lab in a thread, so that its work does not slow the loop of the run that it serves.
 *
 * @throws CommandError `SLUICE_CLI_LAB_DOWN` when it cannot listen.
 */
export async function startLabThread(options: { readonly port: number; readonly seed: number }): Promise<LabThread> {
  const isSource = import.meta.url.endsWith('.ts');
  const worker = new Worker(new URL(`./lab-thread.${isSource ? 'ts' : 'js'}`, import.meta.url), {
    workerData: options,
    execArgv: isSource ? ['--conditions=@sluice/source'] : [],
  });
  const [message] = (await once(worker, 'message')) as [LabThreadMessage];
  if ('error' in message) {
    await worker.terminate();
    throw new CommandError('SLUICE_CLI_LAB_DOWN', message.error);
  }
  return {
    ...message,
    async [Symbol.asyncDispose]() {
      const exited = once(worker, 'exit');
      worker.postMessage('close');
      await exited;
    },
  };
}

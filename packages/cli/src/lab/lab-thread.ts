import { parentPort, workerData } from 'node:worker_threads';
import { startLab } from '@sluice/lab';
import type { LabThreadMessage } from './start-lab-thread.ts';

const send = (message: LabThreadMessage): void => parentPort!.postMessage(message);

try {
  const lab = await startLab(workerData as { readonly port: number; readonly seed: number });
  parentPort!.once('message', () => void lab.close().then(() => parentPort!.close()));
  send({ url: lab.url, port: lab.port });
} catch (error) {
  send({ error: (error as Error).message });
}

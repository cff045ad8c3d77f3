import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { RingReader } from '../ring/ring-reader.ts';
import { Outlet } from './outlet.ts';
import { pump } from './pump.ts';
import type { ThreadSetup } from './setup.ts';

/** Entry of the thread that writes the lines of one logger. It never returns to its event loop before the end: it has nothing to hear there. */
const port = parentPort as MessagePort;
const { ring, target, format } = workerData as ThreadSetup;

// A thread that writes nothing for people begins sooner without.
const pretty = format === 'json' ? undefined : await import('../pretty/pretty-format.ts');

pump({
  ring: new RingReader(ring),
  outlet: new Outlet(target),
  formatFor(outlet) {
    if (pretty === undefined || (format === 'auto' && !outlet.isTerminal)) return undefined;
    return pretty.prettyFormat({ isTerminal: outlet.isTerminal, environment: process.env });
  },
  announce: () => port.postMessage(null),
});

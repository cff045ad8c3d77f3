import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '@sluice/core';
import { definitionOf } from '../job/definition.ts';
import type { JobOptions } from '../job/job.ts';
import { importJob } from '../job/job-module.ts';
import { makeTools } from '../run/make-tools.ts';
import { becomeLoop } from './here.ts';
import { LoopOutbox } from './loop-outbox.ts';
import { LoopServer } from './loop-server.ts';
import type { LoopSetup, ToLoop } from './messages.ts';

/** Entry of a thread that is one of a run's event loops. */
const BEAT_MS = 250;

const port = parentPort as MessagePort;
const setup = workerData as LoopSetup;
const outbox = new LoopOutbox(port);
const beat = new Int32Array(setup.beat);
becomeLoop();
setInterval(() => Atomics.add(beat, 0, 1), BEAT_MS).unref();

const server = await prepare();
if (server !== undefined) await server.serve(() => outbox.post({ kind: 'ready' }));
outbox.flush();
port.close();

async function prepare(): Promise<LoopServer | undefined> {
  try {
    const job = await ownJob();
    const made = new LoopServer(job, makeTools(job, setup.log), setup.runId, outbox);
    port.on('message', (messages: readonly ToLoop[]) => made.receive(messages));
    return made;
  } catch (error) {
    outbox.post({ kind: 'refused', message: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

async function ownJob(): Promise<JobOptions<unknown, unknown>> {
  const job = await importJob(setup.module);
  if (definitionOf(job) === setup.definition) return job;
  throw new UsageError(
    `the job that ${setup.module.url} exports is not the one that is run: its step, its key or its definition is another`,
  );
}

/**
 * Runs on a thread of a worker process, whose main thread may compute without a pause: when the program that it works for was killed, so that
 * it could not end its processes, this ends the process and all that it started.
 */
import { endOwnGroup } from './end-own-group.ts';

const INTERVAL_MS = 500;
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) endOwnGroup();
}, INTERVAL_MS);

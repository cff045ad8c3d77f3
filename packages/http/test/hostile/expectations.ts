import { body } from './expectations/body.ts';
import { connection } from './expectations/connection.ts';
import type { Expectation } from './expectations/expectation.ts';
import { network } from './expectations/network.ts';
import { protocol } from './expectations/protocol.ts';
import { refusals } from './expectations/refusals.ts';

/** By the names of the lab's cases. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  ...connection,
  ...protocol,
  ...body,
  ...refusals,
  ...network,
  // Of many requests at once some find a descriptor: few-descriptors.fault.test.ts.
  'few-descriptors': { class: 'local', code: 'SLUICE_HTTP_EXHAUSTED', phase: 'connect', requests: 0, open: 0 },
};

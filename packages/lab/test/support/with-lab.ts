import { after, before } from 'node:test';
import { type Lab, type LabOptions, startLab } from '../../src/index.ts';

/** Starts one lab for a test file and closes it at the end; read the result only inside tests. */
export function withLab(options?: LabOptions): { readonly lab: Lab } {
  let lab: Lab | undefined;
  before(async () => {
    lab = await startLab(options);
  });
  after(() => lab?.close());
  return {
    get lab() {
      if (lab === undefined) throw new Error('the lab starts in before()');
      return lab;
    },
  };
}

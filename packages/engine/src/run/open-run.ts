import { randomInt, randomUUID } from 'node:crypto';
import { type ItemState, type Ledger, openLedger, type SourceCursor } from '@sluice/ledger';
import { EngineError } from '../errors.ts';
import { nextState } from '../item/state-machine.ts';
import { definitionOf } from '../job/definition.ts';
import type { InDoubtPolicy, JobOptions, JobRunOptions } from '../job/job.ts';
import type { SourceFacts } from '../source/item-source.ts';

/** A run's ledger, and where its source goes on. */
export interface OpenedRun {
  readonly ledger: Ledger;
  readonly cursor: SourceCursor;
  readonly sourceDone: boolean;
  readonly total: number | null;
  /** The source is read again up to where it stood before anything new comes of it. */
  readonly isReadAgain: boolean;
}

/** Opens the ledger of a new run, or of the one that goes on, and brings back what a dead process had under way. */
export async function openRun<Input, Output>(
  job: JobOptions<Input, Output>,
  options: JobRunOptions,
  open: typeof openLedger = openLedger,
): Promise<OpenedRun> {
  const facts = await job.source.facts();
  const definition = definitionOf(job);
  const ledger = await open(options.ledger, {
    create: {
      id: randomUUID(),
      kind: job.kind ?? 'job',
      definition,
      seed: options.seed ?? randomInt(2 ** 31),
      inputFingerprint: facts.fingerprint,
    },
  });
  try {
    if (!ledger.created) await takeUp(ledger, definition, facts, options);
    await ledger.updateRun({ state: 'running' });
    const { inputFingerprint, cursor, sourceDone, total } = ledger.run;
    // A place in the old list means nothing in a changed one: that is read from its beginning.
    if (inputFingerprint !== facts.fingerprint) {
      return { ledger, cursor: null, sourceDone: false, total: null, isReadAgain: false };
    }
    return { ledger, cursor, sourceDone, total, isReadAgain: cursor !== null && facts.isReadAgain === true };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function takeUp(ledger: Ledger, definition: string, facts: SourceFacts, options: JobRunOptions): Promise<void> {
  const { run } = ledger;
  if (run.inputFingerprint !== facts.fingerprint) {
    if (options.acceptChangedInput !== true) {
      throw new EngineError(
        'SLUICE_INPUT_CHANGED',
        `${facts.name} has changed since the run in ${ledger.path} began: its results would be mixed. ` +
          'Accept the changed list (--accept-changed-input), or begin a new run (--fresh)',
      );
    }
    await ledger.updateRun({ inputFingerprint: facts.fingerprint });
  }
  if (run.definition !== definition) {
    if (options.acceptChangedDefinition !== true) {
      throw new EngineError(
        'SLUICE_DEFINITION_CHANGED',
        `the job has changed since the run in ${ledger.path} began: its results would be mixed. ` +
          'Accept the change (acceptChangedDefinition), or begin a new run with another ledger',
      );
    }
    await ledger.updateRun({ definition });
  }
  await recover(ledger);
  await decideDoubts(ledger, options.inDoubt ?? 'hold');
}

/** What was under way when the process died, by the table of states. */
async function recover(ledger: Ledger): Promise<void> {
  for (const sent of [true, false]) {
    for (const idempotent of [true, false]) {
      const to = nextState('leased', 'crash', { sent, idempotent }) as ItemState;
      await ledger.transition({ from: 'leased', to, where: { sent, idempotent } });
    }
  }
}

async function decideDoubts(ledger: Ledger, policy: InDoubtPolicy): Promise<void> {
  if (policy === 'hold') return;
  const to = nextState('in-doubt', policy === 'retry' ? 'mark' : 'give-up', {
    sent: true,
    idempotent: false,
  }) as ItemState;
  await ledger.transition({ from: 'in-doubt', to, resetPolicy: policy === 'retry' });
}

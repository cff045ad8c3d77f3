import type { JobOptions } from '../job/job.ts';
import type { StepTools } from '../step/step-tools.ts';
import { makeAttempt } from './attempt.ts';
import type { AttemptReport } from './attempt-report.ts';
import type { ItemGate } from './item-gate.ts';
import type { WorkItem } from './work-item.ts';

/** Who makes the attempts of a run: this event loop, or others in threads of their own. */
export interface AttemptMaker<Input> {
  /** One attempt of one item, its requests through `gate`; undefined when the run was cut before its step began. */
  attempt(item: WorkItem<Input>, gate: ItemGate<Input>): Promise<AttemptReport | undefined>;
  /** How many event loops there are, and how many have died and were replaced. */
  readonly loops: LoopCount;
  /** Ends what belongs to it. */
  close(): Promise<void>;
}

export interface LoopCount {
  readonly threads: number;
  readonly lost: number;
}

/** Attempts on this event loop. */
export class OwnAttempts<Input, Output> implements AttemptMaker<Input> {
  readonly loops: LoopCount = { threads: 1, lost: 0 };
  readonly #job: JobOptions<Input, Output>;
  readonly #tools: StepTools;

  constructor(job: JobOptions<Input, Output>, tools: StepTools) {
    this.#job = job;
    this.#tools = tools;
  }

  attempt(item: WorkItem<Input>, gate: ItemGate<Input>): Promise<AttemptReport | undefined> {
    return makeAttempt(this.#job, this.#tools, item, gate);
  }

  close(): Promise<void> {
    return this.#tools.close();
  }
}

import { TaskCancelledError } from '../errors/cancelled-error.ts';
import { Group } from '../task/group.ts';

/** A group in which every result counts: a task that is cancelled alone (`currentScope().cancel()` in the user's function) is a failure, not a gap. */
export class WholeGroup extends Group {
  override childCancelled(taskName: string, cancellation: unknown): void {
    if (this.by === null) this.childFailed(new TaskCancelledError(taskName, cancellation), taskName);
  }
}

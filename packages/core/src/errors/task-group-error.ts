import { brand, hasBrand } from './brand.ts';

/**
 * What a task group throws when tasks in it (or its body) failed: every failure, in the order in which they happened, nesting kept;
 * `cause` is the first. It never holds a cancellation. Code `SLUICE_TASK_GROUP`.
 *
 * @example
 * try { await taskGroup(async (group) => { group.spawn(a); group.spawn(b); }); }
 * catch (error) {
 *   if (error instanceof TaskGroupError) console.error(error.find(RangeError) ?? error.flatten());
 * }
 */
export class TaskGroupError extends AggregateError {
  readonly code = 'SLUICE_TASK_GROUP';
  /** For each of `errors` the name of the task that threw it; null for the group's body. */
  readonly taskNames: readonly (string | null)[];

  constructor(groupName: string, failures: readonly { error: unknown; taskName: string | null }[]) {
    const errors = failures.map((failure) => failure.error);
    super(errors, headline(groupName, failures), { cause: errors[0] });
    this.taskNames = failures.map((failure) => failure.taskName);
  }

  override get name(): string {
    return 'TaskGroupError';
  }

  /** The first error of that class, at any depth. */
  find<E>(errorClass: abstract new (...args: never[]) => E): E | undefined {
    return this.flatten().find((error): error is E => error instanceof errorClass);
  }

  /** All errors that are not groups themselves, at any depth, in order. */
  flatten(): unknown[] {
    return this.errors.flatMap((error) => (error instanceof TaskGroupError ? error.flatten() : [error]));
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(this, value);
  }
}
brand(TaskGroupError, 'TaskGroupError');
brand(TaskGroupError, 'SluiceError');

const MAX_NAMED = 5;

function headline(groupName: string, failures: readonly { error: unknown; taskName: string | null }[]): string {
  const count = failures.length === 1 ? '1 failure' : `${failures.length} failures`;
  const named = failures.slice(0, MAX_NAMED).map(({ error, taskName }) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return taskName === null ? `body: ${text}` : `task '${taskName}': ${text}`;
  });
  const rest = failures.length > MAX_NAMED ? `; and ${failures.length - MAX_NAMED} more` : '';
  return `${count} in task group '${groupName}': ${named.join('; ')}${rest}`;
}

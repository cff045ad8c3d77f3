/** What the command's exit status says. Stable: scripts rely on it. */
export const EXIT = {
  /** All went well. */
  ok: 0,
  /** A bug of Sluice, or its ledger failed. */
  internal: 1,
  /** The command cannot be carried out as it was given. */
  usage: 2,
  /** The run finished, and some items failed. */
  failedItems: 3,
  /** The run finished, and a `--threshold` was crossed. */
  threshold: 4,
  /** The run stopped before its end, or holds items that wait for a decision. It can be resumed. */
  stopped: 5,
  /** The run was stopped by Ctrl-C. It can be resumed. */
  interrupted: 130,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

import type { ExitCode } from '../exit-codes.ts';

/** Carries out a command and keeps its exit status for the process. */
export type Action = (work: () => Promise<ExitCode>) => Promise<void>;

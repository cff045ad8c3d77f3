import type { Evidence, Reply } from '@sluice/http';
import type { OutcomeClass } from './classes.ts';

/** The verdict on one attempt. */
export interface Outcome {
  readonly class: OutcomeClass;
  readonly code: string | null;
  readonly message: string | null;
  /** Whether the failure is a definite answer: the server (or we) said so. Otherwise nobody knows what was done. */
  readonly isDefinite: boolean;
  /** The step was ended in its middle by a deadline: what it had done by then cannot be told from outside. */
  readonly wasCutOff: boolean;
  /** False when another attempt cannot change anything, whatever the class allows (a name that does not exist). */
  readonly isRetryable: boolean;
  /** What happened says nothing about the item, and costs it no attempt. */
  readonly spendsNothing: boolean;
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | undefined;
  /** The reply behind the verdict, if a complete one came. */
  readonly reply: Reply | undefined;
  /** The evidence of the request that decided. */
  readonly evidence: Evidence | undefined;
  /** What the step returned, as JSON text; undefined for failures, for replies and for nothing. */
  readonly value: string | undefined;
}

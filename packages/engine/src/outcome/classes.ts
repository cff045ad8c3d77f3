/** What happens by default after an outcome of a class. */
export interface ClassRule {
  /** What the class says, for people. */
  readonly meaning: string;
  /** Retries after the first attempt, when the job does not say otherwise; none when a repetition could do harm. */
  readonly retries: number;
  /** Whether it counts against the host. */
  readonly blamesHost: boolean;
}

/** The closed set of outcome classes. */
export type OutcomeClass =
  | 'ok'
  | 'throttled'
  | 'server'
  | 'client'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'in-doubt'
  | 'timeout'
  | 'limit'
  | 'integrity'
  | 'protocol'
  | 'policy'
  | 'input'
  | 'step'
  | 'sink'
  | 'local'
  | 'internal'
  | 'cancelled';

/** What each class means and what follows from it. Every attempt has exactly one; the last one's is its item's. */
export const OUTCOME_CLASSES: Readonly<Record<OutcomeClass, ClassRule>> = {
  ok: { meaning: 'complete, verified, accepted', retries: 0, blamesHost: false },
  throttled: {
    meaning: 'the server asked to slow down',
    retries: Number.POSITIVE_INFINITY,
    blamesHost: false,
  },
  server: { meaning: 'the server failed (5xx, 408, 421, 425)', retries: 4, blamesHost: true },
  client: {
    meaning: 'the server refused the request (other 4xx)',
    retries: 0,
    blamesHost: false,
  },
  dns: { meaning: 'the name could not be resolved', retries: 4, blamesHost: true },
  connect: { meaning: 'no connection: certainly not sent', retries: 4, blamesHost: true },
  tls: { meaning: 'certificate, name or version of TLS', retries: 0, blamesHost: false },
  'in-doubt': {
    meaning: 'sent, perhaps partly, and no complete response',
    retries: 4,
    blamesHost: true,
  },
  timeout: { meaning: 'a deadline of ours passed', retries: 4, blamesHost: true },
  limit: { meaning: 'another cap of ours', retries: 0, blamesHost: false },
  integrity: { meaning: 'the body is incomplete or corrupt', retries: 2, blamesHost: true },
  protocol: { meaning: 'not HTTP, or malformed', retries: 1, blamesHost: true },
  policy: { meaning: 'refused by us', retries: 0, blamesHost: false },
  input: { meaning: 'a bad line, URL or row', retries: 0, blamesHost: false },
  step: { meaning: "the user's step threw", retries: 0, blamesHost: false },
  sink: { meaning: 'a write failed', retries: 0, blamesHost: false },
  local: { meaning: 'our own side ran out of something', retries: 10, blamesHost: false },
  internal: { meaning: 'a bug of ours', retries: 1, blamesHost: false },
  cancelled: { meaning: 'the run was paused or stopped', retries: 0, blamesHost: false },
};

/** The rule of a class. */
export function classRule(outcomeClass: OutcomeClass): ClassRule {
  return OUTCOME_CLASSES[outcomeClass];
}

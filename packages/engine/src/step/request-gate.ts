import type { Reply } from '@sluice/http';
import type { RequestPass } from '../gate/gate-scheduler.ts';
import type { Verdict } from './verdict.ts';

/** The gates that the requests of one attempt pass. */
export interface RequestGate {
  /** Waits until a request to `url` may be made; undefined where no gate stands. @throws CancelledError while it waits */
  enter(url: string | URL): RequestPass | undefined | Promise<RequestPass>;
  /** It was answered: gives what the answer means. */
  answered(pass: RequestPass | undefined, reply: Reply): Verdict;
  /** It was not answered. `wasSent`: bytes of it may have left. */
  failed(pass: RequestPass | undefined, error: unknown, wasSent: boolean): void;
  /** What the last request used of its host's quota, and what it cost. */
  used(units: number | undefined, cost: number | undefined): void;
}

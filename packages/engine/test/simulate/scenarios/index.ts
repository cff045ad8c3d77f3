import type { Trial } from '../trial.ts';
import { capacity } from './capacity.ts';
import { capacityDrop } from './capacity-drop.ts';
import { manyHosts } from './many-hosts.ts';
import { outage } from './outage.ts';
import { announced, refusals } from './rate-limits.ts';
import { tokenQuota } from './token-quota.ts';

/** What the gates are held against. */
export const TRIALS: readonly Trial[] = [
  capacity(),
  capacity(1),
  capacityDrop,
  refusals('bucket of 100', {}),
  refusals('bucket of 10', { burst: 10 }),
  refusals('windows of a second', { kind: 'window' }),
  refusals('sliding second', { kind: 'sliding' }),
  announced('draft', { kind: 'window', limit: 1000, perMs: 10_000, tells: 'draft' }),
  announced('epoch seconds', { kind: 'window', limit: 5000, perMs: 3_600_000, tells: 'epoch' }, true),
  announced('time until full', { kind: 'bucket', limit: 6000, perMs: 60_000, tells: 'refill' }),
  tokenQuota(),
  outage('silent'),
  outage('refuses'),
  outage('errors'),
  manyHosts,
];

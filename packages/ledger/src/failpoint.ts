/**
 * The moments at which tests kill the process.
 * received: a request has come to the thread; begin: a group is about to be written; entry: one of its entries is; before-commit and after-commit:
 * the whole of it, before it is durable and before anybody was told; answered: everybody was told; before-checkpoint and after-checkpoint: while the
 * file is closed.
 */
export type Failpoint =
  | 'received'
  | 'begin'
  | 'entry'
  | 'before-commit'
  | 'after-commit'
  | 'answered'
  | 'before-checkpoint'
  | 'after-checkpoint';

/** Nothing. Tests put another module in its place, by the condition `@sluice/failpoints`: no build that is published has one that does anything. */
export function failpoint(_name: Failpoint): void {}

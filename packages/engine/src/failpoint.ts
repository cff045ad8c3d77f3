/**
 * The moments at which tests kill the process.
 * admitted: the ledger knows new items, none of them has begun; due: recorded items were taken out; begun: an item has its slot; announced: the
 * ledger knows of the attempt where it has to, and its first byte is not sent; attempted: it has ended, and the ledger does not know; settled: the ledger was told.
 */
export type Failpoint = 'admitted' | 'due' | 'begun' | 'announced' | 'attempted' | 'settled';

/** Nothing. Tests put another module in its place, by the condition `@sluice/failpoints`: no build that is published has one that does anything. */
export function failpoint(_name: Failpoint): void {}

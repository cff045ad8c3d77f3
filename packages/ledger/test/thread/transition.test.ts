import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Transition } from '../../src/contract.ts';
import { migrate } from '../../src/file/migrations.ts';
import { Tally } from '../../src/thread/tally.ts';
import { applyTransition } from '../../src/thread/transition.ts';

/** How SQLite finds the rows of every statement that a transition runs. */
function plansOf(change: Transition): string[] {
  using database = new DatabaseSync(':memory:');
  migrate(database, 0);
  const plans: string[] = [];
  const watched = {
    prepare(sql: string) {
      const parameters = (sql.match(/\?/g) ?? []).map(() => 1);
      for (const { detail } of database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters))
        plans.push(String(detail));
      return database.prepare(sql);
    },
  };
  applyTransition(watched as unknown as DatabaseSync, new Tally(database), change);
  return plans.filter((plan) => plan.includes('record'));
}

test('what a dead process had under way, and what failed, is found by an index: a file may hold ten million items', () => {
  const changes: Transition[] = [
    { from: 'leased', to: 'pending', where: { sent: true, idempotent: true } },
    { from: 'leased', to: 'in-doubt', where: { sent: true, idempotent: false } },
    { from: 'in-doubt', to: 'pending', resetPolicy: true },
    { from: 'failed', to: 'pending', resetPolicy: true },
    { from: 'failed', to: 'pending', where: { classes: ['server'], hosts: ['a.example'] } },
    { from: 'failed', to: 'pending', where: { keys: ['a'] } },
  ];
  for (const change of changes) {
    const plans = plansOf(change);
    assert.ok(plans.length >= 2, JSON.stringify(change));
    for (const plan of plans) assert.match(plan, /USING (?:COVERING )?INDEX record_/, JSON.stringify(change));
  }
});

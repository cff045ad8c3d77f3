/**
 * The reporter of `npm test`: says what failed and where, what was skipped and why, and counts. The counts go to the parent process as one
 * JSON line at the end.
 */

import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void, undefined> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') {
      yield event.data.message;
      continue;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const where = data.file === undefined ? '' : ` (${relative(process.cwd(), data.file)}:${data.line})`;
    if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped++;
      yield `- skipped: ${data.name}${where}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}\n`;
    } else if (data.details.type === 'suite' && event.type === 'test:pass') {
    } else if (event.type === 'test:pass') counts.passed++;
    else {
      counts.failed++;
      const { error } = event.data.details;
      const cause = (error as Error & { cause?: unknown }).cause ?? error;
      yield `\n✖ ${data.name}${where}\n${indent(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause))}\n`;
    }
  }
  yield `${JSON.stringify({ counts })}\n`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

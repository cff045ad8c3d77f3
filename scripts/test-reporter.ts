/**
 * The reporter of `npm test`: says what failed and where, what was skipped and why, and counts. The counts go to the parent process as one
 * JSON line at the end, with those of each file in which something failed.
 */

import { relative } from 'node:path';
import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What one file with a failure counts, and whether to try it again could hide a bug: a property fails for the seed that it drew. */
export interface FailedFile extends Counts {
  hasSeed: boolean;
}

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void, undefined> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const byFile = new Map<string, FailedFile>();
  for await (const event of source) {
    if (event.type === 'test:stderr' || event.type === 'test:stdout') {
      yield event.data.message;
      continue;
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const where = data.file === undefined ? '' : ` (${relative(process.cwd(), data.file)}:${data.line})`;
    // A test that a helper defines counts for the file that called it.
    const file = relative(process.cwd(), (data as { entryFile?: string }).entryFile ?? data.file ?? '');
    const own = byFile.get(file) ?? { passed: 0, failed: 0, skipped: 0, hasSeed: false };
    byFile.set(file, own);
    if (data.skip !== undefined || data.todo !== undefined) {
      counts.skipped++;
      own.skipped++;
      yield `- skipped: ${data.name}${where}${typeof data.skip === 'string' ? `: ${data.skip}` : ''}\n`;
    } else if (data.details.type === 'suite' && (event.type === 'test:pass' || hasFailedInside(event.data))) {
      // A suite is no test: what is in it counts. It fails by itself only when a hook of it does.
    } else if (event.type === 'test:pass') {
      counts.passed++;
      own.passed++;
    } else {
      counts.failed++;
      own.failed++;
      const { error } = event.data.details;
      const cause = (error as Error & { cause?: unknown }).cause ?? error;
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      own.hasSeed ||= /\bseed\b/.test(text);
      yield `\n✖ ${data.name}${where}\n${indent(text)}\n`;
    }
  }
  const failedFiles = [...byFile].filter(([, { failed }]) => failed > 0);
  yield `${JSON.stringify({ counts, failedFiles: Object.fromEntries(failedFiles) })}\n`;
}

function hasFailedInside({ details }: EventData.TestFail): boolean {
  return (details.error as { failureType?: string }).failureType === 'subtestsFailed';
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

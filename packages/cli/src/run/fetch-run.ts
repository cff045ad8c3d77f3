import { rm } from 'node:fs/promises';
import { fetchJob, from, type ItemSource, type Job } from '@sluice/engine';
import { type FetchDefinition, isSameWork, readFetchDefinition, storedList } from '@sluice/engine/records';
import { LedgerError, openReader, type RunRow } from '@sluice/ledger';
import { type Host, programName } from '../host.ts';
import { resultTarget } from '../results/result-target.ts';
import { VERSION } from '../version.ts';
import { type DrivenRun, type DriveOptions, driveRun } from './drive-run.ts';
import { parseHeaders, type RunHeaders } from './headers.ts';
import { requireLab } from './lab-of-list.ts';
import { spoolPath } from './ledger-path.ts';
import { retryPolicy } from './retry-policy.ts';
import type { ResumeSettings } from './run-settings.ts';
import { STANDARD_INPUT } from './standard-input.ts';
import { parseThresholds } from './threshold.ts';

/** A run of `fetch`, new or gone on with. */
export interface FetchRun {
  /** Path of the list, or `-`. */
  readonly list: string;
  readonly ledger: string;
  /** `Name: value` texts. */
  readonly headers: readonly string[];
  readonly contact: string | undefined;
  /** What is kept of the replies. Default: all of them. */
  readonly store?: 'body' | 'none' | undefined;
  readonly options: ResumeSettings;
  /** What the list is read from. Default: the list's path. */
  readonly source?: ItemSource<string>;
  /** It begins anew: the run in the ledger will be moved aside. */
  readonly isFresh?: boolean;
  /** There will be work even if the run in the ledger is complete now. */
  readonly hasWork?: boolean;
  /** The words of the command that goes on with it. */
  readonly resume: readonly string[];
}

/**
 * Checks the headers, the list, the lab and the output of a fetch, and gives what starts it: nothing is touched before
 * that is called. Driven, a run goes on to its end, or until it is stopped.
 *
 * @throws CommandError or EngineError for what cannot be carried out; what is wrong with the ledger comes when it is
 * started.
 */
export async function prepareFetch(run: FetchRun, host: Host): Promise<() => Promise<DrivenRun>> {
  const { list, ledger, options } = run;
  const headers = parseHeaders(run.headers, host.env);
  const source = run.source ?? (list === '-' ? from.spooled(process.stdin, spoolPath(ledger)) : from.lines(list));
  // What is kept of a list from standard input may belong to a run that is about to be moved aside.
  if (list !== '-' || run.isFresh !== true) await source.facts();
  const known = await readRun(ledger);
  // A run that is complete needs no server: it is only told about.
  const isComplete = known?.state === 'complete' && run.hasWork !== true;
  if (list !== '-' && !isComplete) await requireLab(list, programName(host));
  const target =
    options.output === undefined ? undefined : await resultTarget(options.output, host, { not: [list, ledger] });
  const definition: FetchDefinition = {
    list: storedList(list, ledger),
    headers: headers.written,
    contact: run.contact ?? null,
    ...(run.store === 'none' ? { store: run.store } : {}),
  };
  const { grace, inDoubt, acceptChangedInput = false, json = false, quiet = false, guardFormulas = false } = options;
  const { loops } = options;
  const thresholds = await parseThresholds(options.threshold);
  const driven: DriveOptions = {
    job: makeJob(source, run, headers, definition),
    run: {
      ledger,
      acceptChangedInput,
      acceptChangedDefinition: isRenamed(known, definition),
      ...(loops === undefined ? {} : { loops }),
      ...(grace === undefined ? {} : { grace }),
      ...(inDoubt === undefined ? {} : { inDoubt }),
    },
    title: { verb: 'fetch', list: list === '-' ? STANDARD_INPUT : list },
    target,
    resume: run.resume,
    thresholds,
    json,
    quiet,
    guardFormulas,
  };
  return async () => {
    const ended = await driveRun(driven, host);
    // The ledger has all of it now.
    if (list === '-' && ended.report.state === 'complete') await rm(spoolPath(ledger), { force: true });
    return ended;
  };
}

function makeJob(
  source: ItemSource<string>,
  { options, contact }: FetchRun,
  headers: RunHeaders,
  definition: FetchDefinition,
): Job<string, unknown> {
  const { concurrency, perHost, rate, delay, maxErrors, timeout } = options;
  const retry = retryPolicy(options.retries);
  return fetchJob({
    source,
    definition,
    headers: headers.sent,
    http: { userAgent: contact === undefined ? `sluice/${VERSION}` : `sluice/${VERSION} (+${contact})` },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(perHost === undefined ? {} : { perHost }),
    ...(rate === undefined ? {} : { rate }),
    ...(delay === undefined ? {} : { delay }),
    ...(maxErrors === undefined ? {} : { maxErrors }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry === undefined ? {} : { retry }),
    ...(definition.store === undefined ? {} : { store: definition.store }),
  });
}

/**
 * True when the ledger holds the same work under another name of the list or with another contact: going on mixes
 * nothing.
 */
function isRenamed(known: RunRow | undefined, definition: FetchDefinition): boolean {
  const stored = known === undefined ? undefined : readFetchDefinition(known);
  return stored !== undefined && isSameWork(stored, definition);
}

async function readRun(ledger: string): Promise<RunRow | undefined> {
  try {
    await using reader = await openReader(ledger);
    return await reader.run();
  } catch (error) {
    // What is wrong with a ledger is said when it is opened for writing.
    if (error instanceof LedgerError) return undefined;
    throw error;
  }
}

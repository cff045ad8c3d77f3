import type { RunProgress } from '@sluice/engine/records';
import type { Run, RunAction, RunProblem, RunState } from '../schemas/run-schema.ts';
import type { ActiveRun, LiveState } from './active-run.ts';
import type { RunFiles } from './catalogue.ts';
import { storedListPath } from './make-job.ts';
import type { Recipe } from './recipe.ts';
import type { Summary } from './summaries.ts';
import type { LedgerSummary } from './summary-protocol.ts';

/** How far a run is that has not begun. */
export const NO_PROGRESS: RunProgress = {
  total: null,
  settled: 0,
  done: 0,
  failed: 0,
  inDoubt: 0,
  byClass: {},
  live: null,
};

/** What is known of a run that this process carries on, or keeps waiting. */
export function describeLive(active: ActiveRun, state: LiveState, queuePosition: number | undefined): Run {
  return {
    ...base(active.files, active.recipe),
    kind: active.kind,
    state,
    owner: 'service',
    queuePosition: queuePosition ?? null,
    actions: ['stop'],
    progress: active.progress,
    problem: null,
    updatedAt: null,
  };
}

/** What the files of a run tell, with what went wrong when this process had it last. */
export function describeResting(
  files: RunFiles,
  recipe: Recipe | undefined,
  summary: Summary,
  problem: RunProblem | undefined,
): Run {
  if (summary.kind === 'unreadable') {
    const detail = `${files.id} is no ledger, or damaged: ${summary.reason}`;
    return resting(files, recipe, 'unreadable', [], { code: 'SLUICE_SERVICE_UNREADABLE', detail });
  }
  if (summary.kind === 'none') {
    const actions: RunAction[] = recipe === undefined ? ['delete'] : ['resume', 'delete'];
    return resting(files, recipe, problem === undefined ? 'stopped' : 'failed', actions, problem);
  }
  const { ledger } = summary;
  const isElsewhere = ledger.state === 'running' && isAlive(ledger.ownerPid);
  const state = stateOf(ledger, isElsewhere, problem);
  return {
    ...resting(files, recipe, state, actionsOf(files, recipe, ledger, state), problem),
    kind: ledger.kind,
    owner: isElsewhere ? 'elsewhere' : null,
    progress: restingProgress(ledger),
    ...(recipe === undefined ? { createdAt: new Date(ledger.createdAt).toISOString() } : {}),
    updatedAt: new Date(ledger.updatedAt).toISOString(),
  };
}

function resting(
  files: RunFiles,
  recipe: Recipe | undefined,
  state: RunState,
  actions: readonly RunAction[],
  problem: RunProblem | undefined,
): Run {
  return {
    ...base(files, recipe),
    state,
    owner: null,
    queuePosition: null,
    actions,
    progress: NO_PROGRESS,
    problem: problem ?? null,
    updatedAt: null,
  };
}

function base(
  files: RunFiles,
  recipe: Recipe | undefined,
): Pick<Run, 'id' | 'kind' | 'job' | 'list' | 'options' | 'createdAt'> {
  const work = recipe?.work;
  return {
    id: files.id,
    kind: work === undefined ? 'unknown' : 'verb' in work ? work.verb : work.job,
    job: work !== undefined && 'job' in work ? work.job : null,
    list: work !== undefined && 'verb' in work ? work.list : null,
    options: recipe?.options ?? {},
    createdAt: new Date(files.createdAt).toISOString(),
  };
}

function stateOf(ledger: LedgerSummary, isElsewhere: boolean, problem: RunProblem | undefined): RunState {
  if (isElsewhere) return 'running';
  if (problem !== undefined) return 'failed';
  return ledger.state === 'running' ? 'interrupted' : ledger.state;
}

function actionsOf(
  files: RunFiles,
  recipe: Recipe | undefined,
  ledger: LedgerSummary,
  state: RunState,
): readonly RunAction[] {
  if (state === 'running') return [];
  const canGoOn = recipe !== undefined || storedListPath(files.ledger, ledger) !== undefined;
  if (!canGoOn) return ['delete'];
  return [
    ...(state === 'complete' ? [] : (['resume'] as const)),
    ...(ledger.failed + ledger.inDoubt > 0 ? (['retry'] as const) : []),
    'delete',
  ];
}

function restingProgress(ledger: LedgerSummary): RunProgress {
  const { total, done, failed, inDoubt, byClass } = ledger;
  return { total, settled: done + failed + inDoubt, done, failed, inDoubt, byClass, live: null };
}

/** Whether another process carries the run on. Its own number is that of a dead process, from before a restart. */
function isAlive(pid: number | null): boolean {
  if (pid === null || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

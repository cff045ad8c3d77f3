/** What ledgers hold of runs, for programs that show runs, export them or go on with those of others: the command line and the service. */
export { type FailureCluster, readFailures } from './failures.ts';
export { type FetchDefinition, isSameWork, listPath, readFetchDefinition, storedList } from './fetch-definition.ts';
export { type OutcomeRecord, toOutcomeRecord } from './outcome-record.ts';
export { liveRunProgress, type RunProgress } from './run-progress.ts';

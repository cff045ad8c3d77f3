export type { RunProgress } from '@sluice/engine/records';
export { PROBLEM_TYPE, type Problem } from './errors/problem.ts';
export { SERVICE_ERRORS, ServiceError, type ServiceErrorCode } from './errors/service-error.ts';
export { type RequestScopesOptions, requestScopes } from './request-scopes/request-scopes.ts';
export type { Run, RunAction, RunProblem, RunState } from './schemas/run-schema.ts';
export type { RunOptions, Submission } from './schemas/submission-schema.ts';
export { createService, type Service } from './server/create-service.ts';
export type { ServiceOptions } from './server/service-options.ts';

export { type LogFields, withLogFields } from './fields/ambient-fields.ts';
export { createLogger } from './log/create-logger.ts';
export type { LogLevel } from './log/levels.ts';
export type { Logger, LogStatistics, RootLogger } from './log/logger.ts';
export type { LoggerOptions } from './log/options.ts';
export { captureProcessWarnings } from './process/capture-process-warnings.ts';
export type { LogFormat } from './thread/setup.ts';

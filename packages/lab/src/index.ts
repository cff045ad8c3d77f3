export type { HitCounts } from './hit-counter.ts';
export { HitCounter } from './hit-counter.ts';
export type { Lab, LabOptions } from './lab.ts';
export { startLab } from './lab.ts';
export type { LabErrorCode } from './lab-error.ts';
export { LabError } from './lab-error.ts';
export { labUrls } from './lab-urls.ts';

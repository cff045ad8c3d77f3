export type { OffloadOptions } from './create-pool.ts';
export { closeOffload, toProcess, toThread } from './default-pools.ts';
export { OffloadError, type OffloadErrorCode } from './errors/offload-error.ts';
export { type Offloaded, offload, offloadStatistics } from './offload.ts';
export type { CancelMode, OffloadStatistics } from './pool/pool.ts';
export { transfer } from './transfer.ts';

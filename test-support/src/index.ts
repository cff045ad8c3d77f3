export type { TemporaryDatabase } from './databases/temporary-database.ts';
export { temporaryMysql } from './databases/temporary-mysql.ts';
export { temporaryPostgres } from './databases/temporary-postgres.ts';
export { type OutageProxy, outageProxy } from './network/outage-proxy.ts';

export * from '@sluice/core';
export { to } from '@sluice/databases';
export * from '@sluice/engine';
export * from '@sluice/http';

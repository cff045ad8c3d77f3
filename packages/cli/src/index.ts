export * from '@sluice/core';
export * from '@sluice/engine';
export * from '@sluice/http';

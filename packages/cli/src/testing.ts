export * from '@sluice/core/testing';
export * from '@sluice/engine/testing';

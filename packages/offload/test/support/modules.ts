export const sumsUrl: URL = new URL('../modules/sums.ts', import.meta.url);
export const failuresUrl: URL = new URL('../modules/failures.ts', import.meta.url);
export type Sums = typeof import('../modules/sums.ts');
export type Failures = typeof import('../modules/failures.ts');
export const mixedUrl: URL = new URL('../modules/mixed.ts', import.meta.url);
export type Mixed = typeof import('../modules/mixed.ts');

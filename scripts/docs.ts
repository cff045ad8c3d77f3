/** `npm run docs`: writes docs/reference/core.md anew. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { referencePage } from './reference.ts';

execFileSync('tsc', ['-b', 'packages/core'], { stdio: 'inherit' });
mkdirSync('docs/reference', { recursive: true });
writeFileSync('docs/reference/core.md', referencePage());

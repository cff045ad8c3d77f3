/** Prints the table of states into docs/item-states.md. */
import { writeFile } from 'node:fs/promises';
import { itemStatesMarkdown } from './states-markdown.ts';

await writeFile(new URL('../../../../docs/item-states.md', import.meta.url), itemStatesMarkdown());

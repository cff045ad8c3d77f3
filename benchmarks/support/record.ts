import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the tables of a suite to its file. Those that were not measured this time (a part was) stay as they are. */
export function record(file: URL, name: string, tables: readonly string[], isWhole: boolean): void {
  const known = isWhole || !existsSync(file) ? [] : sections(readFileSync(file, 'utf8'));
  const measured = tables.flatMap(sections);
  for (const one of measured) {
    const at = known.findIndex((other) => title(other) === title(one));
    if (at < 0) known.push(one);
    else known[at] = one;
  }
  writeFileSync(file, `# ${name}\n\n${known.join('\n\n')}\n`);
}

function sections(text: string): string[] {
  return text
    .split(/^(?=### )/m)
    .filter((part) => part.startsWith('### '))
    .map((part) => part.trim());
}

function title(section: string): string {
  return section.split('\n', 1)[0]!;
}

import type { RouteFamily } from '../../src/route/route.ts';

/** The route table as the README has it. */
export function routeTableMarkdown(families: readonly RouteFamily[]): string {
  const rows = families.flatMap((family) => [
    `| **${family.name}** | |`,
    ...family.routes.map(({ path, query = '', summary, methods }) => {
      const only = methods === undefined ? '' : `${methods.join(', ')} `;
      return `| \`${only}${path}${query}\` | ${summary} |`;
    }),
  ]);
  return `| route | what it does |\n| --- | --- |\n${rows.join('\n')}\n`;
}

import type { Route, RouteFamily } from '../route/route.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1d2430, #dde3ea); --dim: light-dark(#5b6675, #93a0af);
  --line: light-dark(#dfe4ea, #2c3541); --paper: light-dark(#fff, #12171e); --link: light-dark(#0a5fa8, #7cbcf5); }
body { margin: 3rem auto; padding: 0 1.25rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.75rem; }
h2 { margin: 2.25rem 0 0.25rem; font-size: 1.1rem; }
p { margin: 0.25rem 0; color: var(--dim); }
table { width: 100%; border-collapse: collapse; }
td { padding: 0.4rem 1rem 0.4rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td:first-child { width: 22rem; overflow-wrap: anywhere; }
code { font: 0.875rem/1.5 ui-monospace, monospace; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
.dim { color: var(--dim); }
@media (max-width: 40rem) { td { display: block; padding-right: 0; } td + td { border-top: 0; padding-top: 0; }
  td:first-child { width: auto; } }
`;

/** The lab's front page: every route with what it does and a link to try it. */
export function renderIndexPage(families: readonly RouteFamily[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sluice lab</title>
<style>${STYLE}</style>
</head>
<body>
<h1>sluice lab</h1>
<p>A local server with friendly, slow and failing routes, to try and to test HTTP clients offline.</p>
${families.map(renderFamily).join('\n')}
</body>
</html>
`;
}

function renderFamily(family: RouteFamily): string {
  return `<h2>${escapeHtml(family.name)}</h2>\n<table>\n${family.routes.map(renderRoute).join('\n')}\n</table>`;
}

function renderRoute(route: Route): string {
  const { path, query = '', example = path, methods = ['GET'] } = route;
  const name = `${escapeHtml(path)}<span class="dim">${escapeHtml(query)}</span>`;
  const method = methods.includes('GET') ? '' : `<span class="dim">${escapeHtml(methods.join(', '))}</span> `;
  // A link can only send GET.
  const link = methods.includes('GET') ? `<a href="${escapeHtml(example)}">${name}</a>` : name;
  return `<tr><td><code>${method}${link}</code></td><td>${renderSummary(route.summary)}</td></tr>`;
}

function renderSummary(summary: string): string {
  return escapeHtml(summary).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

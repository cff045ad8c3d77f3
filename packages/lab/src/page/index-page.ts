import { hostileCases } from '../hostile/hostile-cases.ts';
import type { HostileGround } from '../lab.ts';
import type { Route, RouteFamily } from '../route/route.ts';
import { escapeHtml, withCode } from './escape-html.ts';
import { renderHostileSection } from './hostile-section.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-style.ts';

/** The lab's front page: every route with what it does and a link to try it, and every hostile behaviour. */
export function renderIndexPage(families: readonly RouteFamily[], ground: HostileGround | undefined): string {
  const routes = families.reduce((sum, family) => sum + family.routes.length, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>sluice lab</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>sluice lab</h1>
<p>A local server with friendly, slow and hostile routes, to try and to test HTTP clients offline. It listens on this machine alone and counts every request: <a href="/hits">hits</a>.</p>
</header>
<nav><div><a href="#routes">${routes} routes</a><a href="#hostile">${hostileCases.length} hostile behaviours</a>
<input type="search" placeholder="Filter: gzip, redirect, integrity …" aria-label="Filter the tables" hidden></div></nav>
<main>
<div id="routes">
${families.map(renderFamily).join('\n')}
</div>
${renderHostileSection(ground)}
<p>&#160;</p>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function renderFamily(family: RouteFamily): string {
  const rows = family.routes.map(renderRoute).join('\n');
  return `<section><h2>${escapeHtml(family.name)}</h2>
<div class="card"><table class="routes"><tbody>
${rows}
</tbody></table></div></section>`;
}

function renderRoute(route: Route): string {
  const { path, query = '', example = path, methods = ['GET'] } = route;
  const name = `${escapeHtml(path)}<span class="dim">${escapeHtml(query)}</span>`;
  const method = methods.includes('GET') ? '' : `<span class="dim">${escapeHtml(methods.join(', '))}</span> `;
  // A link can only send GET.
  const link = methods.includes('GET') ? `<a rel="nofollow" href="${escapeHtml(example)}">${name}</a>` : name;
  return `<tr><td><code>${method}${link}</code></td><td>${withCode(route.summary)}</td></tr>`;
}

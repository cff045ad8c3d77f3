import type { HostileCase } from '../hostile/hostile-case.ts';
import { hostileCases } from '../hostile/hostile-cases.ts';
import { hostileLink } from '../hostile/hostile-link.ts';
import type { HostileGround } from '../lab.ts';
import { escapeHtml, withCode } from './escape-html.ts';

/** What stands beside a name whose URL alone does not show the behaviour. */
const NEEDS: Readonly<Record<NonNullable<HostileCase['needs']>, string>> = {
  ca: '',
  lookup: 'looked up with labLookup',
  http2: 'over HTTP/2',
  proxy: 'through the proxy',
  twice: 'asked twice',
  unread: 'left unread',
  authorization: 'with Authorization',
  json: 'read as JSON',
  'few-descriptors': 'with too few descriptors',
};

/** The hostile behaviours as a section of the page. */
export function renderHostileSection(ground: HostileGround | undefined): string {
  const rows = hostileCases.map((hostileCase) => renderCase(hostileCase, ground)).join('\n');
  return `<section id="hostile">
<h2>What servers do on a bad day<small>${hostileCases.length} behaviours; <a href="/hostile">as JSON</a></small></h2>
<div class="card"><table>
<thead><tr><th>No.</th><th>Behaviour</th><th>What it does</th><th>What a good client does</th><th>Class</th></tr></thead>
<tbody>
${rows}
</tbody></table></div>
</section>`;
}

function renderCase(hostileCase: HostileCase, ground: HostileGround | undefined): string {
  const { number, name, does, good, expected, needs } = hostileCase;
  // Paths of the lab stay relative: the page may be seen under another name.
  const link = hostileLink(hostileCase, '', ground);
  const label = link === undefined ? name : `<a rel="nofollow" href="${escapeHtml(link)}">${name}</a>`;
  const need = needs === undefined || NEEDS[needs] === '' ? '' : ` <span class="dim">${NEEDS[needs]}</span>`;
  const chips = expected.map((one) => `<span class="chip ${one}">${one}</span>`).join('');
  return (
    `<tr id="${name}"><td class="number"><a class="dim" href="#${name}">${number}</a></td>` +
    `<td class="name"><code>${label}</code>${need}</td><td>${withCode(does)}</td>` +
    `<td class="good">${withCode(good)}</td><td class="class">${chips}</td></tr>`
  );
}

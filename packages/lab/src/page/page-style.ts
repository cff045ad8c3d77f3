/** The look of the lab's page: no font, script or picture from elsewhere. */
export const PAGE_STYLE = `
:root { color-scheme: light dark;
  --ink: light-dark(#17202b, #e3e9f0); --dim: light-dark(#5a6675, #93a1b1); --line: light-dark(#e3e8ee, #263140);
  --paper: light-dark(#fbfcfd, #0f151c); --card: light-dark(#fff, #161e28); --link: light-dark(#0a5fa8, #7cbcf5);
  --good: light-dark(#0b6b43, #5fd3a1); --good-bg: light-dark(#e0f5ea, #10301f);
  --warn: light-dark(#7d4b00, #f0bb63); --warn-bg: light-dark(#fdf0d8, #35270d);
  --bad: light-dark(#a3262f, #ff9a9a); --bad-bg: light-dark(#fde7e7, #3a171a);
  --cool: light-dark(#3a4cab, #aab8ff); --cool-bg: light-dark(#e8ebfd, #1d2448); }
* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 0.9375rem/1.5 system-ui, sans-serif; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; padding-bottom: 1rem; }
h1 { margin: 0; font-size: 2rem; letter-spacing: -0.02em; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.125rem; }
h2 small { margin-left: 0.5rem; color: var(--dim); font-weight: 400; font-size: 0.875rem; }
p { margin: 0.5rem 0; max-width: 46rem; color: var(--dim); }
nav { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--line); }
nav div { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; align-items: center; max-width: 76rem; margin: 0 auto; padding: 0.6rem 1.5rem; }
nav a { font-weight: 600; }
input { flex: 1 1 12rem; max-width: 24rem; margin-left: auto; padding: 0.4rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem;
  background: var(--card); color: inherit; font: inherit; }
input:focus-visible, a:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.card { overflow: hidden; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); }
table { width: 100%; border-collapse: collapse; }
th { padding: 0.55rem 1rem; color: var(--dim); font-size: 0.75rem; font-weight: 600; letter-spacing: 0.04em; text-align: left; text-transform: uppercase; }
td { padding: 0.55rem 1rem; border-top: 1px solid var(--line); vertical-align: top; }
.routes tr:first-child td { border-top: 0; }
.routes td:first-child { width: 26rem; overflow-wrap: anywhere; }
tr:target td { background: light-dark(#eef6ff, #15263a); }
.number { width: 4rem; color: var(--dim); font-variant-numeric: tabular-nums; }
.name { width: 15rem; }
.class { width: 9rem; }
code { font: 0.8125rem/1.5 ui-monospace, monospace; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
.dim { color: var(--dim); }
.chip { display: inline-block; margin: 0 0.25rem 0.15rem 0; padding: 0 0.5rem; border-radius: 1rem; background: var(--cool-bg); color: var(--cool);
  font: 600 0.75rem/1.6 ui-monospace, monospace; white-space: nowrap; }
.chip.ok { background: var(--good-bg); color: var(--good); }
.chip.integrity, .chip.protocol, .chip.policy, .chip.tls { background: var(--bad-bg); color: var(--bad); }
.chip.timeout, .chip.limit, .chip.in-doubt, .chip.throttled { background: var(--warn-bg); color: var(--warn); }
[hidden] { display: none !important; }
@media (max-width: 52rem) {
  header { padding-top: 1.5rem; }
  header, main { padding-left: 1rem; padding-right: 1rem; }
  nav div { padding: 0.5rem 1rem; }
  input { max-width: none; margin-left: 0; flex-basis: 100%; }
  thead { display: none; }
  tr { display: block; padding: 0.75rem 1rem; border-top: 1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  td, td.number, td.name, td.class, .routes td:first-child { display: block; width: auto; padding: 0.1rem 0; border: 0; }
  td.number { float: right; }
  td.good::before { content: 'A good client: '; color: var(--dim); }
}
`;

/** Filters the rows by what is typed; without it the page is only longer. */
export const PAGE_SCRIPT = `
const box = document.querySelector('input');
const rows = [...document.querySelectorAll('tbody tr')];
box.hidden = false;
const filter = () => {
  const words = box.value.toLowerCase().split(/\\s+/);
  for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
  for (const section of document.querySelectorAll('section')) section.hidden = !section.querySelector('tbody tr:not([hidden])');
};
box.addEventListener('input', filter);
addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== box) { event.preventDefault(); box.focus(); }
});
filter();
`;

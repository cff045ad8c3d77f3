import type { Series } from './record.ts';

/** One run in a picture. */
export interface PlottedRun {
  readonly name: string;
  readonly series: Series;
}

const PANELS: readonly { readonly title: string; readonly of: (series: Series) => readonly number[] }[] = [
  { title: 'in flight', of: ({ inFlight }) => inFlight },
  { title: 'goodput, a second', of: (series) => perSecond(series.ok, series.barMs) },
  { title: 'waiting in the servers’ lines', of: ({ waiting }) => waiting },
  {
    title: 'impolite, a second: refused, or begun before the time asked for',
    of: (series) => perSecond(series.throttled, series.barMs, series.early),
  },
];
/** Distinct also for people who do not see all colours (Okabe and Ito, 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#666666'];
const WIDTH = 400;
const HEIGHT = 150;
const MARGIN = { left: 44, top: 22, right: 10, bottom: 18 };
const MOST_POINTS = 100;

/** A picture (SVG) of runs of one scenario over time: concurrency, goodput, queueing, politeness. The first run is drawn on top. */
export function plot(title: string, runs: readonly PlottedRun[]): string {
  const head = 44;
  const height = head + 2 * HEIGHT;
  const panels = PANELS.map((panel, index) => {
    const x = (index % 2) * WIDTH;
    const y = head + Math.floor(index / 2) * HEIGHT;
    return `<g transform="translate(${x} ${y})">${drawPanel(panel.title, runs, panel.of)}</g>`;
  });
  const legend = runs.map(
    ({ name }, index) =>
      `<tspan dx="${index === 0 ? 0 : 12}" fill="${COLOURS[index % COLOURS.length]}">■ ${escapeXml(name)}</tspan>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${height}" font-family="sans-serif" font-size="10" fill="#333">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="16" font-size="13">${escapeXml(title)}</text>
<text x="8" y="34">${legend.join('')}</text>
${panels.join('\n')}
</svg>
`;
}

function drawPanel(title: string, runs: readonly PlottedRun[], of: (series: Series) => readonly number[]): string {
  const lines = runs.map(({ series }) => of(series));
  const endMs = Math.max(...runs.map(({ series }) => series.ok.length * series.barMs));
  const most = niceCeiling(lines.reduce((max, line) => line.reduce((high, value) => Math.max(high, value), max), 0));
  const width = WIDTH - MARGIN.left - MARGIN.right;
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const bottom = MARGIN.top + height;
  const paths = lines.map((line, index) => {
    const { barMs } = runs[index]!.series;
    const step = Math.ceil(line.length / MOST_POINTS);
    const points: string[] = [];
    for (let from = 0; from < line.length; from += step) {
      const part = line.slice(from, from + step);
      const value = part.reduce((sum, one) => sum + one, 0) / part.length;
      const x = MARGIN.left + (((from + part.length / 2) * barMs) / endMs) * width;
      points.push(`${Math.round(x)},${Math.round((bottom - (value / most) * height) * 2) / 2}`);
    }
    return `<polyline fill="none" stroke="${COLOURS[index % COLOURS.length]}" stroke-width="${index === 0 ? 1.8 : 1}" points="${points.join(' ')}"/>`;
  });
  return [
    `<text x="${MARGIN.left}" y="${MARGIN.top - 8}">${escapeXml(title)}</text>`,
    `<path d="M${MARGIN.left} ${MARGIN.top}V${bottom}H${MARGIN.left + width}" fill="none" stroke="#999"/>`,
    `<text x="${MARGIN.left - 4}" y="${MARGIN.top + 6}" text-anchor="end">${most.toLocaleString('en')}</text>`,
    `<text x="${MARGIN.left - 4}" y="${bottom}" text-anchor="end">0</text>`,
    `<text x="${MARGIN.left + width}" y="${bottom + 12}" text-anchor="end">${Math.round(endMs / 1000).toLocaleString('en')} s</text>`,
    ...paths.reverse(),
  ].join('');
}

function perSecond(counts: readonly number[], barMs: number, more: readonly number[] = []): readonly number[] {
  return counts.map((count, index) => ((count + (more[index] ?? 0)) * 1000) / barMs);
}

/** The next of 1, 2, 5, 10, 20 … */
function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((times) => times * unit).find((nice) => nice >= value)!;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]!);
}

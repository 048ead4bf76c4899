import { formatNumber } from './format.ts';
import type { Series } from './series.ts';

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly series: readonly Series[];
}

const WIDTH = 480;
const HEIGHT = 300;
const COLUMNS = 2;
const PLOT = { left: 64, right: 16, top: 36, bottom: 48 };
const COLOURS = ['#0b6e4f', '#c1442e', '#3a5a9b', '#8a6d1a'] as const;
const GRID = '#d0d0d0';
const TEXT = '#606060';

/** Line charts with logarithmic axes, two in a row, as one SVG that needs nothing else. A name has one colour in all. */
export function chartsSvg(charts: readonly Chart[]): string {
  const width = WIDTH * Math.min(charts.length, COLUMNS);
  const height = HEIGHT * Math.ceil(charts.length / COLUMNS);
  const names = [...new Set(charts.flatMap(({ series }) => series.map(({ name }) => name)))];
  const body = charts.map((chart, index) => {
    const place = `${WIDTH * (index % COLUMNS)} ${HEIGHT * Math.floor(index / COLUMNS)}`;
    return `<g transform="translate(${place})">${chartBody(chart, names)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ' font-family="sans-serif" font-size="11">',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...body,
    '</svg>\n',
  ].join('');
}

function chartBody({ title, xLabel, series }: Chart, names: readonly string[]): string {
  const points = series.flatMap((line) => line.points);
  const x = axis(
    points.map((point) => point.x),
    PLOT.left,
    WIDTH - PLOT.right,
  );
  const y = axis(
    points.map((point) => point.y),
    HEIGHT - PLOT.bottom,
    PLOT.top,
  );
  return [
    text(PLOT.left, 18, title, 'start', '#202020', 13),
    ...x.ticks.map((tick) => line(x.place(tick), PLOT.top, x.place(tick), HEIGHT - PLOT.bottom)),
    ...x.ticks.map((tick) => text(x.place(tick), HEIGHT - PLOT.bottom + 16, formatNumber(tick), 'middle')),
    ...y.ticks.map((tick) => line(PLOT.left, y.place(tick), WIDTH - PLOT.right, y.place(tick))),
    ...y.ticks.map((tick) => text(PLOT.left - 6, y.place(tick) + 4, formatNumber(tick), 'end')),
    text((PLOT.left + WIDTH - PLOT.right) / 2, HEIGHT - 12, xLabel, 'middle'),
    ...series.map((each) => seriesBody(each, names.indexOf(each.name), x.place, y.place)),
  ].join('');
}

function seriesBody(
  { name, points }: Series,
  index: number,
  placeX: (value: number) => number,
  placeY: (value: number) => number,
): string {
  const colour = COLOURS[index % COLOURS.length]!;
  const places = points.map((point) => `${round(placeX(point.x))},${round(placeY(point.y))}`);
  const dots = places.map((place) => {
    const [x, y] = place.split(',');
    return `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`;
  });
  const legend = text(WIDTH - PLOT.right - 90 * (index + 1) + 90, 18, name, 'end', colour);
  return `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${legend}`;
}

interface Axis {
  readonly ticks: readonly number[];
  readonly place: (value: number) => number;
}

/** From the power of ten below the least value to the one above the greatest. */
function axis(values: readonly number[], from: number, to: number): Axis {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  return { ticks, place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${GRID}"/>`;
}

function text(x: number, y: number, content: string, anchor: string, fill: string = TEXT, size?: number): string {
  const fontSize = size === undefined ? '' : ` font-size="${size}"`;
  const place = `x="${round(x)}" y="${round(y)}"`;
  return `<text ${place} text-anchor="${anchor}" fill="${fill}"${fontSize}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

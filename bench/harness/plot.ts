import type { Figure } from './samples';

/** One line of a plot: a figure for each x. */
export interface Series {
  name: string;
  colour: string;
  points: readonly { x: number; y: Figure }[];
}

const WIDTH = 760;
const HEIGHT = 420;
const EDGE = { left: 70, right: 30, top: 50, bottom: 55 };

/** Draws lines over two logarithmic axes as SVG: a dot at each median, a bar from the least to the most. */
export function plot(title: string, axes: { x: string; y: string }, series: readonly Series[]): string {
  const points = series.flatMap((each) => each.points);
  const xs = decades(points.map(({ x }) => x));
  const ys = decades(points.flatMap(({ y }) => [y.min, y.max]));
  const at = {
    x: scale(xs, EDGE.left, WIDTH - EDGE.right),
    y: scale(ys, HEIGHT - EDGE.bottom, EDGE.top),
  };
  const [bottom, right] = [HEIGHT - EDGE.bottom, WIDTH - EDGE.right];

  const grid = [
    ...xs.map(
      (x) => rule(at.x(x), EDGE.top, at.x(x), bottom) + label(at.x(x), bottom + 20, count(x), 'middle'),
    ),
    ...ys.map(
      (y) => rule(EDGE.left, at.y(y), right, at.y(y)) + label(EDGE.left - 8, at.y(y) + 4, count(y), 'end'),
    ),
  ];
  const drawn = series.map(({ name, colour, points: own }, i) => {
    const places = own.map(({ x, y }) => `${round(at.x(x))},${round(at.y(y.median))}`);
    const marks = own.map(
      ({ x, y }) =>
        `<line x1="${round(at.x(x))}" y1="${round(at.y(y.min))}" x2="${round(at.x(x))}" y2="${round(at.y(y.max))}" stroke="${colour}" stroke-width="1.5"/>` +
        `<circle cx="${round(at.x(x))}" cy="${round(at.y(y.median))}" r="4" fill="${colour}"/>`,
    );
    const key = `<circle cx="${EDGE.left + 14}" cy="${EDGE.top + 14 + i * 20}" r="4" fill="${colour}"/>${label(EDGE.left + 26, EDGE.top + 18 + i * 20, name, 'start')}`;
    return `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}${key}`;
  });

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${EDGE.left}" y="28" font-size="16" fill="#111">${escaped(title)}</text>`,
    ...grid,
    ...drawn,
    label((EDGE.left + right) / 2, HEIGHT - 14, axes.x, 'middle'),
    `<text transform="translate(18 ${(EDGE.top + bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#444">${escaped(axes.y)}</text>`,
    '</svg>\n',
  ].join('\n');
}

/** The powers of ten around some values. */
function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.log10(ticks[0] ?? 1), Math.log10(ticks.at(-1) ?? 10)];
  return (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#ddd"/>`;
}

function label(x: number, y: number, text: string, anchor: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#444">${escaped(text)}</text>`;
}

function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

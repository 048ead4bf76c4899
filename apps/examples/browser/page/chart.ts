import { element, setText } from './elements.ts';
import type { Second } from './rate-window.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** In the units of the drawing, which is stretched to the room that there is. */
const HEIGHT = 100;
const BAR_WIDTH = 10;
const BAR_GAP = 2;
const EDGE_HEIGHT = 2.5;

/** Messages per second as bars, and the seconds without a connection as a band behind them. */
export class Chart {
  readonly #svg = element('chart', SVGSVGElement);

  draw(seconds: readonly Second[]): void {
    const counts = seconds.map(({ count }) => count);
    const top = niceAbove(Math.max(...counts));
    this.#svg.setAttribute('viewBox', `0 0 ${seconds.length * BAR_WIDTH} ${HEIGHT}`);
    this.#svg.replaceChildren(...seconds.flatMap((second, at) => drawn(second, at, top)));
    const now = counts.at(-1) ?? 0;
    const most = Math.max(...counts);
    setText('rate-now', `${now}`);
    setText('rate-most', `${most}`);
    setText('axis-top', `${top}`);
    setText('axis-middle', `${top / 2}`);
    const offline = seconds.filter(({ isOffline }) => isOffline).length;
    this.#svg.setAttribute(
      'aria-label',
      `Messages per second over the last ${seconds.length} seconds: now ${now}, most ${most}; ` +
        `${offline} seconds without a connection`,
    );
  }
}

function drawn({ count, isOffline }: Second, at: number, top: number): SVGRectElement[] {
  const height = (count / top) * HEIGHT;
  const left = at * BAR_WIDTH;
  return [
    ...(isOffline
      ? [box('offline', left, 0, BAR_WIDTH, HEIGHT), box('offline-edge', left, 0, BAR_WIDTH, EDGE_HEIGHT)]
      : []),
    ...(count > 0 ? [box('bar', left + BAR_GAP / 2, HEIGHT - height, BAR_WIDTH - BAR_GAP, height)] : []),
  ];
}

function box(name: string, x: number, y: number, width: number, height: number): SVGRectElement {
  const rect = document.createElementNS(SVG, 'rect') as SVGRectElement;
  for (const [attribute, value] of Object.entries({ class: name, x, y, width, height })) {
    rect.setAttribute(attribute, `${value}`);
  }
  return rect;
}

/** The smallest of 10, 20, 40, 60, 100, 200, … that is not below `most`. */
function niceAbove(most: number): number {
  for (let power = 10; ; power *= 10) {
    for (const factor of [1, 2, 4, 6]) if (power * factor >= most) return power * factor;
  }
}

/** Axes around a plot, and the box with what is under the pointer. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../core/ui.js";

/** @typedef {import("./scales.js").Scale} Scale */
export const MARGIN = { left: 64, right: 16, top: 12, bottom: 44 };

/** How large an element is. @returns {[{current: HTMLDivElement | null}, number, number]} */
export function useSize() {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [size, setSize] = useState([0, 0]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) =>
      setSize([Math.floor(entry.contentRect.width), Math.floor(entry.contentRect.height)]),
    );
    observer.observe(/** @type {HTMLDivElement} */ (host.current));
    return () => observer.disconnect();
  }, []);
  return [host, size[0], size[1]];
}

/**
 * @param {{width: number, height: number, x: Scale, y: Scale, xLabel: string, yLabel: string, children?: any}} props
 */
export function Axes({ width, height, x, y, xLabel, yLabel, children }) {
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  const clip = (/** @type {string} */ text, /** @type {number} */ most) =>
    text.length > most ? `${text.slice(0, most - 1)}…` : text;
  const letters = x.isNumber ? 12 : Math.max(3, Math.floor(x.band / 6.5));
  return html`<svg class="axes" width=${width} height=${height} aria-hidden="true">
    ${y.ticks.map(
      ({ at, label }, number) => html`<g key=${`y${number}`}>
        <line class="axis-grid" x1=${MARGIN.left} x2=${right} y1=${at} y2=${at} />
        <text class="axis-text" x=${MARGIN.left - 8} y=${at} dy="0.32em" text-anchor="end">${clip(label, 9)}</text>
      </g>`,
    )}
    <line class="axis-line" x1=${MARGIN.left} x2=${right} y1=${bottom} y2=${bottom} />
    ${x.ticks.map(
      ({ at, label }, number) => html`<g key=${`x${number}`}>
        <line class="axis-line" x1=${at} x2=${at} y1=${bottom} y2=${bottom + 4} />
        <text class="axis-text" x=${at} y=${bottom + 16} text-anchor="middle">${clip(label, letters)}</text>
      </g>`,
    )}
    <text class="axis-name" x=${(MARGIN.left + right) / 2} y=${height - 6} text-anchor="middle">${xLabel}</text>
    <text class="axis-name" transform=${`translate(12 ${(MARGIN.top + bottom) / 2}) rotate(-90)`} text-anchor="middle">
      ${yLabel}
    </text>
    ${children}
  </svg>`;
}

/**
 * A canvas of the size of its plot, drawn by a function.
 * @param {{width: number, height: number, draw: (context: CanvasRenderingContext2D) => void}} props
 */
export function Canvas({ width, height, draw }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  useEffect(() => {
    const element = /** @type {HTMLCanvasElement} */ (canvas.current);
    const ratio = devicePixelRatio || 1;
    element.width = width * ratio;
    element.height = height * ratio;
    const context = /** @type {CanvasRenderingContext2D} */ (element.getContext("2d"));
    context.scale(ratio, ratio);
    draw(context);
  });
  return html`<canvas
    ref=${canvas}
    class="plot-canvas"
    style=${{ width: `${width}px`, height: `${height}px` }}
    aria-hidden="true"
  ></canvas>`;
}

/** @param {{left: number, top: number, width: number, lines: [string, string][], title: string}} props */
export function Tip({ left, top, width, lines, title }) {
  const isRight = left > width / 2;
  return html`<div
    class="hover"
    aria-hidden="true"
    style=${{
      top: `${Math.max(0, top - 24)}px`,
      left: isRight ? "auto" : `${left + 14}px`,
      right: isRight ? `${width - left + 14}px` : "auto",
    }}
  >
    <div class="hover-x">${title}</div>
    ${lines.map(
      ([name, value]) => html`<div class="hover-row" key=${name}>
        <span class="hover-name">${name}</span>
        <span class="hover-value">${value}</span>
      </div>`,
    )}
  </div>`;
}

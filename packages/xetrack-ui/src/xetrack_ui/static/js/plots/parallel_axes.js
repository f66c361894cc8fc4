/** An axis of parallel coordinates: what is drawn, and what is grabbed to keep a part of it. */
import { html } from "../core/ui.js";

/** @typedef {[number, number]} Brush  parts of the axis, from its lower end: 0 to 1 */

/** Where axes end above, in pixels. */
export const TOP = 56;

/** The part of an axis that is kept, in words. @param {Brush | undefined} brush */
function partText(brush) {
  if (!brush) return "all";
  const [from, to] = brush.map((share) => Math.round(share * 100));
  return `from ${from} to ${to} percent of the axis`;
}

/** @param {{at: number, low: number, ticks: import("./scales.js").Tick[], brush: Brush | undefined}} props */
export function AxisLine({ at, low, ticks, brush }) {
  const height = low - TOP;
  const clip = (/** @type {string} */ label) => (label.length > 12 ? `${label.slice(0, 11)}…` : label);
  return html`<g>
    <line class="axis-line" x1=${at} x2=${at} y1=${TOP} y2=${low} />
    ${ticks.map(
      ({ at: top, label }, number) =>
        html`<text key=${number} class="axis-text axis-halo" x=${at + 6} y=${top} dy="0.32em">${clip(label)}</text>`,
    )}
    ${
      brush
        ? html`<rect
          class="brush"
          x=${at - 7}
          width="14"
          y=${low - brush[1] * height}
          height=${(brush[1] - brush[0]) * height}
          rx="3"
        />`
        : null
    }
  </g>`;
}

/**
 * @param {{name: string, at: number, spacing: number, brush: Brush | undefined,
 *   onKeyDown: (event: KeyboardEvent) => void, onClear: () => void, onGrab: (event: MouseEvent) => void}} props
 */
export function AxisHandle({ name, at, spacing, brush, onKeyDown, onClear, onGrab }) {
  return html`<div
    class="parallel-axis"
    role="slider"
    tabindex="0"
    aria-orientation="vertical"
    aria-label=${`${name}: the part that is kept`}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${Math.round((brush?.[0] ?? 0) * 100)}
    aria-valuetext=${partText(brush)}
    style=${{ left: `${at}px`, "--spacing": `${spacing}px` }}
    onKeyDown=${onKeyDown}
    onDblClick=${onClear}
    onMouseDown=${onGrab}
  >
    <span class="parallel-name" title=${name}>${name}</span>
  </div>`;
}

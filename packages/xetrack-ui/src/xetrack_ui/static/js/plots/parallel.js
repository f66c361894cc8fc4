/** One line for each run across an axis for each field: which params go with which results. */
import { formatCell } from "../core/format.js";
import { html, useMemo, useRef, useState } from "../core/ui.js";
import { Canvas, useSize } from "./axes.js";
import { AxisHandle, AxisLine, TOP } from "./parallel_axes.js";
import { makeScale } from "./scales.js";

/** @typedef {import("./picker.js").PlotProps} PlotProps */
/** @typedef {import("./scales.js").Field} Field */
/** @typedef {import("./parallel_axes.js").Brush} Brush */

const BOTTOM = 20;
const SIDE = 56;
/** Pixels from axis to axis at least: a narrow window scrolls. */
const NARROWEST = 104;

/** @param {PlotProps & {fields: Field[]}} props */
export function Parallel({ fields, colourOf, labels, onOpen, onSay }) {
  const [host, width, height] = useSize();
  const [brushes, setBrushes] = useState(/** @type {{[name: string]: Brush}} */ ({}));
  const [near, setNear] = useState(/** @type {number | null} */ (null));
  const drag = useRef(/** @type {{name: string, start: number} | null} */ (null));
  const low = height - BOTTOM;
  const count = fields[0]?.values.length ?? 0;
  const axes = useMemo(
    () =>
      fields.map((field, at) => ({
        field,
        at: fields.length > 1 ? SIDE + (at * (width - 2 * SIDE)) / (fields.length - 1) : width / 2,
        scale: makeScale(field, { from: low, to: TOP, count: height / 60 }),
      })),
    [fields, width, height],
  );
  const lines = useMemo(
    () =>
      Array.from({ length: count }, (_, row) =>
        axes.map(({ at, field, scale }) => ({ left: at, top: scale.toPixel(field.values[row]) })),
      ),
    [axes, count],
  );
  const shareOf = (/** @type {number} */ top) => Math.max(0, Math.min(1, (low - top) / (low - TOP)));
  const isIn = lines.map((line) =>
    line.every(({ top }, at) => {
      const brush = brushes[axes[at].field.name];
      return !brush || (!Number.isNaN(top) && shareOf(top) >= brush[0] - 1e-9 && shareOf(top) <= brush[1] + 1e-9);
    }),
  );
  const left = isIn.filter(Boolean).length;

  /** @param {string} name @param {Brush | null} brush */
  function setBrush(name, brush) {
    const { [name]: _, ...rest } = brushes;
    setBrushes(brush ? { ...rest, [name]: brush } : rest);
  }
  /** @param {MouseEvent} event @param {string} name */
  function grab(event, name) {
    const box = /** @type {HTMLElement} */ (host.current).getBoundingClientRect();
    setNear(null); // the click that ends it opens no run
    drag.current = { name, start: shareOf(event.clientY - box.top) };
    event.preventDefault();
  }
  /** @param {MouseEvent & {currentTarget: HTMLElement}} event */
  function place(event) {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
  /** @param {MouseEvent & {currentTarget: HTMLElement}} event */
  function onMouseMove(event) {
    const { x, y } = place(event);
    if (drag.current) {
      const ends = [drag.current.start, shareOf(y)].sort((a, b) => a - b);
      setBrush(drag.current.name, ends[1] - ends[0] < 0.01 ? null : /** @type {Brush} */ (ends));
      return;
    }
    let best = null;
    let least = 12;
    lines.forEach((line, row) => {
      if (!isIn[row]) return;
      for (let at = 1; at < line.length; at += 1) {
        const [a, b] = [line[at - 1], line[at]];
        if (x < a.left || x > b.left) continue;
        const distance = Math.abs(a.top + ((b.top - a.top) * (x - a.left)) / (b.left - a.left) - y);
        if (distance < least) [least, best] = [distance, row];
      }
    });
    setNear(best);
  }
  /**
   * Keys on an axis: up and down move the part that is kept, with Shift its size.
   * @param {KeyboardEvent} event
   * @param {string} name
   */
  function onKeyDown(event, name) {
    const [from, to] = brushes[name] ?? [0, 1];
    const step = event.key === "ArrowUp" ? 0.1 : event.key === "ArrowDown" ? -0.1 : 0;
    if (event.key === "Escape") setBrush(name, null);
    else if (step && event.shiftKey) setBrush(name, [from, Math.max(from + 0.05, Math.min(1, to + step))]);
    else if (step && to - from > 0.99) setBrush(name, step > 0 ? [0.5, 1] : [0, 0.5]);
    else if (step)
      setBrush(name, [
        Math.max(0, Math.min(1 - (to - from), from + step)),
        Math.max(to - from, Math.min(1, to + step)),
      ]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    onSay(`${name}: a part of the axis is chosen`);
  }
  /** @param {CanvasRenderingContext2D} context @param {number} row @param {number} alpha @param {number} weight */
  function stroke(context, row, alpha, weight) {
    context.globalAlpha = alpha;
    context.lineWidth = weight;
    context.strokeStyle = colourOf(row);
    context.beginPath();
    let begun = false;
    for (const { left: x, top } of lines[row]) {
      if (Number.isNaN(top)) begun = false;
      else if (begun) context.lineTo(x, top);
      else {
        context.moveTo(x, top);
        begun = true;
      }
    }
    context.stroke();
  }
  /** @param {number} row */
  function rowText(row) {
    const values = fields.map((field) => `${field.name} ${formatCell(field.values[row])}`);
    return `${labels?.[row] ?? `row ${row + 1}`}: ${values.join(", ")}`;
  }

  const spacing = fields.length > 1 && width ? axes[1].at - axes[0].at : 120;
  return html`<div class="plot-scroll">
    <div
      class="plot-host parallel"
      ref=${host}
      style=${{ "--least": `${fields.length * NARROWEST}px` }}
      onMouseMove=${onMouseMove}
      onMouseLeave=${() => ((drag.current = null), setNear(null))}
      onMouseUp=${() => (drag.current = null)}
      onClick=${() => near !== null && !drag.current && onOpen?.(near)}
    >
      ${
        width
          ? html`
            <${Canvas}
              width=${width}
              height=${height}
              draw=${(/** @type {CanvasRenderingContext2D} */ context) => {
                const faint = count > 400 ? 0.25 : 0.6;
                for (let row = 0; row < count; row += 1)
                  stroke(context, row, isIn[row] ? (near === null ? faint : faint / 2) : 0.05, 1.5);
                if (near !== null && near < count) stroke(context, near, 1, 3);
              }}
            />
            <svg class="axes" width=${width} height=${height} aria-hidden="true">
              ${axes.map(
                ({ field, at, scale }) =>
                  html`<${AxisLine}
                    key=${field.name}
                    at=${at}
                    low=${low}
                    ticks=${scale.ticks}
                    brush=${brushes[field.name]}
                  />`,
              )}
            </svg>
            ${axes.map(
              ({ field: { name }, at }) => html`<${AxisHandle}
                key=${name}
                name=${name}
                at=${at}
                spacing=${spacing}
                brush=${brushes[name]}
                onKeyDown=${(/** @type {KeyboardEvent} */ event) => onKeyDown(event, name)}
                onClear=${() => setBrush(name, null)}
                onGrab=${(/** @type {MouseEvent} */ event) => grab(event, name)}
              />`,
            )}
          `
          : null
      }
      <p class="parallel-count">
        ${
          near !== null
            ? rowText(near)
            : left === count
              ? "Drag along an axis to keep a part of it"
              : `${left} of ${count} are in all chosen parts`
        }
      </p>
    </div>
  </div>`;
}

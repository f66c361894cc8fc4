/** One point for each run or row. */
import { formatCell } from "../core/format.js";
import { html, useMemo, useState } from "../core/ui.js";
import { Axes, Canvas, MARGIN, Tip, useSize } from "./axes.js";
import { makeScale, wordOf } from "./scales.js";

/** @typedef {import("./picker.js").PlotProps} PlotProps */

/** @param {PlotProps & {x: import("./scales.js").Field, y: import("./scales.js").Field}} props */
export function Scatter({ x, y, by, colourOf, labels, logX, logY, onOpen, onSay }) {
  const [host, width, height] = useSize();
  const [near, setNear] = useState(/** @type {number | null} */ (null));
  const points = useMemo(() => {
    const xs = makeScale(x, { from: MARGIN.left, to: width - MARGIN.right, log: logX, count: width / 110 });
    const ys = makeScale(y, { from: height - MARGIN.bottom, to: MARGIN.top, log: logY, count: height / 60 });
    const places = [];
    for (let at = 0; at < x.values.length; at += 1) {
      // where words make the axis, points side by side do not hide each other
      const shift = xs.isNumber ? 0 : (((at * 0.618034) % 1) - 0.5) * xs.band * 0.5;
      const place = { at, left: xs.toPixel(x.values[at]) + shift, top: ys.toPixel(y.values[at]) };
      if (!Number.isNaN(place.left) && !Number.isNaN(place.top)) places.push(place);
    }
    places.sort((a, b) => a.left - b.left);
    return { xs, ys, places };
  }, [x, y, width, height, logX, logY]);
  const { xs, ys, places } = points;
  const spot = near === null ? null : (places[near] ?? null);
  const size = places.length > 2000 ? 2 : places.length > 300 ? 3 : 4.5;

  /** @param {number} left @param {number} top */
  function nearest(left, top) {
    let best = -1;
    let least = 28 ** 2;
    places.forEach((place, number) => {
      const distance = (place.left - left) ** 2 + (place.top - top) ** 2;
      if (distance < least) [least, best] = [distance, number];
    });
    setNear(best < 0 ? null : best);
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.key === "Enter" && spot) onOpen?.(spot.at);
    else if (event.key === "Escape" && near !== null) setNear(null);
    else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && places.length) {
      const step = (event.key === "ArrowRight" ? 1 : -1) * (event.shiftKey ? 10 : 1);
      const next = near === null ? 0 : Math.max(0, Math.min(places.length - 1, near + step));
      setNear(next);
      onSay(
        `${title(places[next].at)}: ${lines(places[next].at)
          .map((pair) => pair.join(" "))
          .join(", ")}`,
      );
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const title = (/** @type {number} */ at) => labels?.[at] ?? `row ${at + 1}`;
  const lines = (/** @type {number} */ at) =>
    /** @type {[string, string][]} */ (
      [x, y, ...(by && by !== x && by !== y ? [by] : [])].map((field) => [
        field.name,
        field.isNumber ? formatCell(field.values[at]) : wordOf(field.values[at]),
      ])
    );
  return html`<div
    class="plot-host"
    ref=${host}
    role="application"
    tabindex="0"
    aria-roledescription="scatter plot"
    aria-label=${`${y.name} over ${x.name}, ${places.length} points. Arrow keys go from point to point.`}
    onKeyDown=${onKeyDown}
    onMouseMove=${(/** @type {MouseEvent & {currentTarget: HTMLElement}} */ event) => {
      const box = event.currentTarget.getBoundingClientRect();
      nearest(event.clientX - box.left, event.clientY - box.top);
    }}
    onMouseLeave=${() => setNear(null)}
    onClick=${() => spot && onOpen?.(spot.at)}
  >
    ${
      width
        ? html`
          <${Axes} width=${width} height=${height} x=${xs} y=${ys} xLabel=${x.name} yLabel=${y.name} />
          <${Canvas}
            width=${width}
            height=${height}
            draw=${(/** @type {CanvasRenderingContext2D} */ context) => {
              for (const { at, left, top } of places) {
                context.globalAlpha = places.length > 300 ? 0.55 : 0.8;
                context.fillStyle = colourOf(at);
                context.beginPath();
                context.arc(left, top, size, 0, 2 * Math.PI);
                context.fill();
              }
            }}
          />
        `
        : null
    }
    ${
      spot
        ? html`
          <span
            class="spot"
            style=${{ left: `${spot.left}px`, top: `${spot.top}px`, "--colour": colourOf(spot.at) }}
          ></span>
          <${Tip} left=${spot.left} top=${spot.top} width=${width} title=${title(spot.at)} lines=${lines(spot.at)} />
        `
        : null
    }
  </div>`;
}

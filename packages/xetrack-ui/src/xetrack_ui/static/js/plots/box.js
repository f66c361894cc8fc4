/** Where the values of each group lie: quartiles, median, and every point beside them. */
import { formatNumber } from "../core/format.js";
import { html, useMemo, useState } from "../core/ui.js";
import { Axes, Canvas, MARGIN, Tip, useSize } from "./axes.js";
import { quantile } from "./histogram.js";
import { hasPlace, makeScale, wordOf, wordsOf } from "./scales.js";

/** @typedef {import("./picker.js").PlotProps} PlotProps */
/** @typedef {import("./scales.js").Field} Field */

/** @param {PlotProps & {y: Field}} props */
export function Box({ y, by, groups, logY, onSay }) {
  const [host, width, height] = useSize();
  const [near, setNear] = useState(/** @type {number | null} */ (null));
  const boxes = useMemo(() => {
    const words = by ? wordsOf(by.values) : ["all"];
    const values = new Map(words.map((word) => [word, /** @type {number[]} */ ([])]));
    y.values.forEach((value, at) => {
      if (hasPlace(value, logY)) values.get(by ? wordOf(by.values[at]) : "all")?.push(value);
    });
    return words.map((word) => {
      const sorted = /** @type {number[]} */ (values.get(word)).sort((a, b) => a - b);
      const [low, middle, high] = sorted.length
        ? [0.25, 0.5, 0.75].map((share) => quantile(sorted, share))
        : [NaN, NaN, NaN];
      const reach = 1.5 * (high - low);
      return {
        word,
        sorted,
        low,
        middle,
        high,
        from: sorted.find((value) => value >= low - reach) ?? low,
        to: sorted.findLast((value) => value <= high + reach) ?? high,
      };
    });
  }, [y, by, logY]);
  const xs = makeScale(
    { name: "", isNumber: false, values: boxes.map(({ word }) => word) },
    { from: MARGIN.left, to: width - MARGIN.right },
  );
  const ys = makeScale(y, { from: height - MARGIN.bottom, to: MARGIN.top, log: logY, count: height / 60 });
  const half = Math.min(36, xs.band * 0.3);
  const colourOf = (/** @type {string} */ word) => groups.get(word) ?? "var(--accent-fill)";
  const lines = (/** @type {typeof boxes[0]} */ box) =>
    /** @type {[string, string][]} */ (
      [
        ["max", box.sorted[box.sorted.length - 1]],
        ["upper quartile", box.high],
        ["median", box.middle],
        ["lower quartile", box.low],
        ["min", box.sorted[0]],
      ]
        .map(([name, value]) => [name, formatNumber(value)])
        .concat([["count", String(box.sorted.length)]])
    );

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    event.stopPropagation();
    const next =
      near === null ? 0 : Math.max(0, Math.min(boxes.length - 1, near + (event.key === "ArrowRight" ? 1 : -1)));
    setNear(next);
    onSay(
      `${boxes[next].word}: ${lines(boxes[next])
        .map((pair) => pair.join(" "))
        .join(", ")}`,
    );
  }
  const number = `${boxes.length} ${boxes.length === 1 ? "box" : "boxes"}`;
  return html`<div
    class="plot-host"
    ref=${host}
    role="application"
    tabindex="0"
    aria-roledescription="box plot"
    aria-label=${`${y.name}${by ? ` by ${by.name}` : ""}, ${number}. Arrow keys go from box to box.`}
    onKeyDown=${onKeyDown}
    onMouseLeave=${() => setNear(null)}
  >
    ${
      width
        ? html`
          <${Canvas}
            width=${width}
            height=${height}
            draw=${(/** @type {CanvasRenderingContext2D} */ context) => {
              for (const { word, sorted } of boxes) {
                context.fillStyle =
                  groups.get(word) ?? getComputedStyle(document.documentElement).getPropertyValue("--accent-fill");
                context.globalAlpha = sorted.length > 500 ? 0.25 : 0.5;
                sorted.forEach((value, at) => {
                  const left = xs.toPixel(word) + half + 8 + ((at * 0.618034) % 1) * Math.min(28, xs.band * 0.16);
                  context.beginPath();
                  context.arc(left, ys.toPixel(value), 2.5, 0, 2 * Math.PI);
                  context.fill();
                });
              }
            }}
          />
          <${Axes} width=${width} height=${height} x=${xs} y=${ys} xLabel=${by?.name ?? ""} yLabel=${y.name}>
            ${boxes.map((box, number) => {
              if (!box.sorted.length) return null;
              const at = xs.toPixel(box.word);
              const [q1, median, q3, from, to] = [box.low, box.middle, box.high, box.from, box.to].map((value) =>
                ys.toPixel(value),
              );
              return html`<g
                key=${box.word}
                class=${number === near ? "box is-near" : "box"}
                style=${{ "--colour": colourOf(box.word) }}
                onMouseEnter=${() => setNear(number)}
              >
                <rect
                  class="bar-room"
                  x=${at - xs.band / 2}
                  y=${MARGIN.top}
                  width=${xs.band}
                  height=${Math.max(0, height - MARGIN.top - MARGIN.bottom)}
                />
                <line class="box-line" x1=${at} x2=${at} y1=${to} y2=${q3} />
                <line class="box-line" x1=${at} x2=${at} y1=${q1} y2=${from} />
                <line class="box-line" x1=${at - half / 2} x2=${at + half / 2} y1=${to} y2=${to} />
                <line class="box-line" x1=${at - half / 2} x2=${at + half / 2} y1=${from} y2=${from} />
                <rect class="box-body" x=${at - half} y=${q3} width=${half * 2} height=${Math.max(1, q1 - q3)} rx="2" />
                <line class="box-median" x1=${at - half} x2=${at + half} y1=${median} y2=${median} />
              </g>`;
            })}
          </${Axes}>
        `
        : null
    }
    ${
      near !== null && boxes[near]?.sorted.length
        ? html`<${Tip}
          left=${xs.toPixel(boxes[near].word) + half}
          top=${ys.toPixel(boxes[near].high)}
          width=${width}
          title=${boxes[near].word}
          lines=${lines(boxes[near])}
        />`
        : null
    }
  </div>`;
}

/** How often a value is there. */
import { formatNumber } from "../core/format.js";
import { html, useMemo, useState } from "../core/ui.js";
import { Axes, MARGIN, Tip, useSize } from "./axes.js";
import { makeScale, niceTicks, wordOf, wordsOf } from "./scales.js";

/** @typedef {import("./picker.js").PlotProps} PlotProps */
/** @typedef {import("./scales.js").Field} Field */
/** @typedef {{from: number, to: number, word: string | null, counts: Map<string, number>, total: number}} Bin */

/** The colour of values that have none of their own. */
const OTHERS = "#8a8a8a";

/** @param {number[]} sorted @param {number} share */
export function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/**
 * Bins of a nice width, about as wide as Freedman and Diaconis say.
 * @param {Field} field
 * @param {Field | null} by
 * @returns {Bin[]}
 */
export function makeBins(field, by) {
  const groupOf = (/** @type {number} */ at) => (by ? wordOf(by.values[at]) : "");
  const add = (/** @type {Bin} */ bin, /** @type {number} */ at) => {
    bin.counts.set(groupOf(at), (bin.counts.get(groupOf(at)) ?? 0) + 1);
    bin.total += 1;
  };
  if (!field.isNumber) {
    const bins = new Map(
      wordsOf(field.values).map((word, at) => [
        word,
        /** @type {Bin} */ ({ from: at, to: at + 1, word, counts: new Map(), total: 0 }),
      ]),
    );
    field.values.forEach((value, at) => add(/** @type {Bin} */ (bins.get(wordOf(value))), at));
    return [...bins.values()];
  }
  const numbers = /** @type {number[]} */ (
    field.values.filter((value) => typeof value === "number" && Number.isFinite(value))
  ).sort((a, b) => a - b);
  if (!numbers.length) return [];
  const [low, high] = [numbers[0], numbers[numbers.length - 1]];
  const spread = quantile(numbers, 0.75) - quantile(numbers, 0.25);
  const width = (2 * spread) / Math.cbrt(numbers.length) || (high - low) / 10 || 1;
  const ticks = niceTicks(low, high, Math.max(5, Math.min(60, (high - low) / width)));
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : high - low || 1;
  const first = Math.floor(low / step);
  const edge = (/** @type {number} */ at) => Math.min(Number.MAX_VALUE, (first + at) * step);
  const bins = Array.from(
    { length: Math.floor(high / step) - first + 1 },
    (_, at) => /** @type {Bin} */ ({ from: edge(at), to: edge(at + 1), word: null, counts: new Map(), total: 0 }),
  );
  field.values.forEach((value, at) => {
    if (typeof value === "number" && Number.isFinite(value)) add(bins[Math.floor(value / step) - first], at);
  });
  return bins;
}

/** @param {PlotProps & {x: Field}} props */
export function Histogram({ x, by, groups, onSay }) {
  const [host, width, height] = useSize();
  const [near, setNear] = useState(/** @type {number | null} */ (null));
  const bins = useMemo(() => makeBins(x, groups.size ? by : null), [x, by, groups]);
  const edges = bins.length ? [bins[0].from, bins[bins.length - 1].to] : [0, 1];
  const xs = makeScale(x.isNumber ? { ...x, values: edges } : x, {
    from: MARGIN.left,
    to: width - MARGIN.right,
    count: width / 110,
    flush: true,
  });
  const ys = makeScale(
    { name: "", isNumber: true, values: [0, Math.max(1, ...bins.map(({ total }) => total)) * 1.05] },
    { from: height - MARGIN.bottom, to: MARGIN.top, flush: true, count: height / 70 },
  );
  const toX = (/** @type {Bin} */ bin) =>
    x.isNumber
      ? [xs.toPixel(bin.from), xs.toPixel(bin.to)]
      : [xs.toPixel(bin.word) - xs.band * 0.4, xs.toPixel(bin.word) + xs.band * 0.4];
  const name = (/** @type {Bin} */ bin) => bin.word ?? `${formatNumber(bin.from)} to ${formatNumber(bin.to)}`;
  /** @param {Bin} bin @returns {[string, number, string][]} names, counts and colours of the parts of a bar */
  const partsOf = (bin) => {
    if (!groups.size) return [["count", bin.total, "var(--accent-fill)"]];
    const named = [...groups].map(
      ([group, colour]) => /** @type {[string, number, string]} */ ([group, bin.counts.get(group) ?? 0, colour]),
    );
    const others = bin.total - named.reduce((sum, [, count]) => sum + count, 0);
    return [...named, /** @type {[string, number, string]} */ (["others", others, OTHERS])].filter(
      ([, count]) => count,
    );
  };
  const lines = (/** @type {Bin} */ bin) =>
    partsOf(bin).map(([group, count]) => /** @type {[string, string]} */ ([group, String(count)]));

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if ((event.key !== "ArrowRight" && event.key !== "ArrowLeft") || !bins.length) return;
    event.preventDefault();
    event.stopPropagation();
    const next =
      near === null ? 0 : Math.max(0, Math.min(bins.length - 1, near + (event.key === "ArrowRight" ? 1 : -1)));
    setNear(next);
    onSay(
      `${name(bins[next])}: ${lines(bins[next])
        .map((pair) => pair.join(" "))
        .join(", ")}`,
    );
  }
  const zero = ys.toPixel(0);
  const spot = near === null ? null : bins[near];
  return html`<div
    class="plot-host"
    ref=${host}
    role="application"
    tabindex="0"
    aria-roledescription="histogram"
    aria-label=${`How often ${x.name} has which value, ${bins.length} bins. Arrow keys go from bin to bin.`}
    onKeyDown=${onKeyDown}
    onMouseLeave=${() => setNear(null)}
  >
    ${
      width
        ? html`<${Axes} width=${width} height=${height} x=${xs} y=${ys} xLabel=${x.name} yLabel="count">
          ${bins.map((bin, number) => {
            const [left, right] = toX(bin);
            let sum = 0;
            return html`<g
              key=${number}
              class=${number === near ? "bar is-near" : "bar"}
              onMouseEnter=${() => setNear(number)}
            >
              <rect
                class="bar-room"
                x=${left}
                y=${MARGIN.top}
                width=${Math.max(0, right - left)}
                height=${Math.max(0, zero - MARGIN.top)}
              />
              ${partsOf(bin).map(([group, count, colour]) => {
                const bottom = ys.toPixel(sum);
                sum += count;
                return html`<rect
                  key=${group}
                  x=${left + 0.5}
                  y=${ys.toPixel(sum)}
                  width=${Math.max(1, right - left - 1)}
                  height=${bottom - ys.toPixel(sum)}
                  style=${{ fill: colour }}
                />`;
              })}
            </g>`;
          })}
        </${Axes}>`
        : null
    }
    ${
      spot
        ? html`<${Tip}
          left=${toX(spot)[1]}
          top=${ys.toPixel(spot.total)}
          width=${width}
          title=${name(spot)}
          lines=${lines(spot)}
        />`
        : null
    }
  </div>`;
}

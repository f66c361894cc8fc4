/** The values of all lines at one x, in a box beside the cursor. */
import { formatNumber } from "../core/format.js";
import { INF, NEGATIVE_INF } from "./traces.js";

/** @typedef {import("./envelope.js").Line} Line */
/** @typedef {import("./traces.js").Trace} Trace */
/** @typedef {{line: Line, at: number, value: number, text: string}} Reading */

const MOST = 12;

/**
 * The bucket that is closest to x, of those in which the metric was logged.
 * @param {Trace} trace
 * @param {number} x
 */
export function nearestBucket(trace, x) {
  let low = 0;
  let high = trace.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trace.xHigh[middle] < x) low = middle + 1;
    else high = middle;
  }
  let left = low;
  let right = low;
  while (left >= 0 && !trace.isLogged(left)) left -= 1;
  while (right < trace.length && !trace.isLogged(right)) right += 1;
  if (left === low && low > 0) {
    let before = low - 1;
    while (before >= 0 && !trace.isLogged(before)) before -= 1;
    left = before;
  }
  const distance = (/** @type {number} */ at) =>
    at < 0 || at >= trace.length ? Infinity : Math.abs(trace.middle(at) - x);
  if (distance(left) === Infinity && distance(right) === Infinity) return -1;
  return distance(left) < distance(right) ? left : right;
}

/**
 * @param {Line[]} lines
 * @param {number} x
 * @param {boolean} smoothed
 * @param {number} reach  how far a bucket may be from x, else the line is not there
 * @returns {Reading[]} greatest value first
 */
export function readAt(lines, x, smoothed, reach) {
  const readings = [];
  for (const line of lines) {
    if (line.quiet) continue;
    const { trace } = line;
    const at = nearestBucket(trace, x);
    if (at < 0 || x < trace.xLow[at] - reach || x > trace.xHigh[at] + reach) continue;
    const value = smoothed ? trace.smooth[at] : trace.mean[at];
    readings.push({ line, at, value, text: readingText(trace, at, value) });
  }
  return readings.sort((a, b) => (Number.isNaN(b.value) ? -1 : Number.isNaN(a.value) ? 1 : b.value - a.value));
}

/** @param {Trace} trace @param {number} at @param {number} value */
function readingText(trace, at, value) {
  if (Number.isNaN(trace.mean[at])) return trace.odd[at] & INF ? "inf" : trace.odd[at] & NEGATIVE_INF ? "-inf" : "nan";
  if (trace.min[at] === trace.max[at]) return formatNumber(value);
  return `${formatNumber(value)}  (${formatNumber(trace.min[at], 3)} … ${formatNumber(trace.max[at], 3)})`;
}

/** @param {string} name @param {string} [text] @param {string} [kind] */
function element(name, text, kind = "span") {
  const made = document.createElement(kind);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

const SVG = "http://www.w3.org/2000/svg"; // a name, and no address that anything is fetched from

/** A piece of the line, with its dashes. @param {Line} line */
function swatch({ colour, dash }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "swatch-line");
  svg.setAttribute("viewBox", "0 0 18 8");
  svg.setAttribute("width", "18");
  svg.setAttribute("height", "8");
  const piece = document.createElementNS(SVG, "path");
  piece.setAttribute("d", "M1 4h16");
  piece.setAttribute("stroke", colour);
  piece.setAttribute("stroke-width", "3");
  piece.setAttribute("stroke-dasharray", dash.map((part) => part * 0.45).join(" ") || "none");
  svg.append(piece);
  return svg;
}

/** The box. It is filled by hand and not by a component, as it changes with each move of the pointer. */
export class Hover {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.box = element("hover", undefined, "div");
    this.box.setAttribute("aria-hidden", "true"); // the line below the chart says the same
    this.host = host;
    this.hide();
    host.append(this.box);
  }

  hide() {
    this.box.hidden = true;
  }

  /**
   * @param {{x: string, readings: Reading[], nearest: Reading | null, baseline: Reading | null, left: number, top:
   *   number}} shown
   */
  show({ x, readings, nearest, baseline, left, top }) {
    if (!readings.length) return this.hide();
    const from = nearest ? Math.max(0, Math.min(readings.indexOf(nearest) - MOST / 2, readings.length - MOST)) : 0;
    const shown = readings.slice(from, from + MOST);
    this.box.replaceChildren(element("hover-x", x, "div"));
    for (const reading of shown) {
      const row = element(reading === nearest ? "hover-row is-near" : "hover-row", undefined, "div");
      row.append(swatch(reading.line), element("hover-name", reading.line.label), element("hover-value", reading.text));
      if (baseline) {
        const difference = reading.value - baseline.value;
        const isThere = baseline !== reading && Number.isFinite(difference);
        row.append(
          element(
            "hover-difference",
            isThere ? (difference >= 0 ? "+" : "−") + formatNumber(Math.abs(difference), 3) : "",
          ),
        );
      }
      this.box.append(row);
    }
    if (readings.length > shown.length)
      this.box.append(element("hover-rest", `and ${readings.length - shown.length} more`, "div"));
    this.box.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.box;
    // it may reach over the next chart, but not out of the window, and hides what is under the cursor only on a phone
    const place = this.host.getBoundingClientRect();
    const isRight = place.left + left + 16 + width <= innerWidth - 8;
    const beside = isRight ? left + 16 : left - width - 16;
    const below = Math.min(top - height / 2, innerHeight - 8 - height - place.top);
    this.box.style.setProperty("left", `${Math.max(8 - place.left, beside)}px`);
    this.box.style.setProperty("top", `${Math.max(8 - place.top, below)}px`);
    return undefined;
  }
}

/** From values to pixels. */
import { isApart } from "../charts/ranges.js";
import { formatCell, formatNumber } from "../core/format.js";

/** @typedef {import("../core/types.js").Cell} Cell */
/** @typedef {{name: string, values: Cell[], isNumber: boolean, isMetric?: boolean}} Field */
/** @typedef {{at: number, label: string}} Tick */
/** @typedef {{isNumber: boolean, toPixel: (value: Cell) => number, ticks: Tick[], band: number}} Scale */

/** Values beyond which an axis of words names only some. */
const MOST_WORDS = 24;

/** @param {Cell} value */
export function wordOf(value) {
  return value === null || value === undefined || value === "" ? "–" : formatCell(value);
}

/**
 * The values of a field of words, in order, the most frequent ones first where there are too many.
 * @param {Cell[]} values
 */
export function wordsOf(values) {
  return [...new Set(values.map(wordOf))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** @param {number} low @param {number} high @param {number} count */
export function niceTicks(low, high, count) {
  const span = high - low;
  if (span === Infinity) return [low, 0, high];
  // between numbers that differ in their last digits alone, there is none
  if (!isApart(low, high)) return span > 0 ? [low, high] : [low];
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power * 10;
  if (!(step > 0)) return [low, high];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(15)));
}

/**
 * Powers of ten, and numbers between few of them, from one power to another.
 * @param {number} start
 * @param {number} end
 */
function powersOfTen(start, end) {
  const from = Math.max(-323, Math.floor(start));
  const to = Math.min(308, Math.ceil(end));
  const every = Math.max(1, Math.ceil((to - from) / 8));
  const ticks = [];
  for (let power = from; power <= to; power += every) {
    for (const factor of to - from < 3 ? [1, 2, 5] : [1]) {
      const place = power + Math.log10(factor);
      if (place >= start && place <= end) ticks.push(Number(`${factor}e${power}`));
    }
  }
  return ticks.filter(Number.isFinite);
}

/** Whether a value has a place on an axis of numbers. @param {Cell} value @param {boolean} log @returns {value is number} */
export function hasPlace(value, log) {
  return typeof value === "number" && Number.isFinite(value) && (!log || value > 0);
}

/**
 * @param {Field} field
 * @param {{from: number, to: number, log?: boolean, count?: number, flush?: boolean}} place  pixels; flush: no room
 *   at the ends
 * @returns {Scale}
 */
export function makeScale(field, { from, to, log = false, count = 6, flush = false }) {
  if (!field.isNumber) {
    const words = wordsOf(field.values);
    const places = new Map(words.map((word, at) => [word, at]));
    const band = (to - from) / Math.max(1, words.length);
    const toPixel = (/** @type {Cell} */ value) => from + band * ((places.get(wordOf(value)) ?? 0) + 0.5);
    const every = Math.ceil(words.length / MOST_WORDS);
    return {
      isNumber: false,
      toPixel,
      band: Math.abs(band),
      ticks: words.filter((_, at) => at % every === 0).map((word) => ({ at: toPixel(word), label: word })),
    };
  }
  const forward = log ? Math.log10 : (/** @type {number} */ value) => value;
  let low = Infinity;
  let high = -Infinity;
  for (const value of field.values) {
    if (!hasPlace(value, log)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = log ? [1, 10] : [0, 1];
  let [start, end] = [forward(low), forward(high)];
  const room = flush || end - start === Infinity ? 0 : (end - start) * 0.04;
  if (!isApart(start, end)) [start, end] = [start - (Math.abs(start) * 0.1 || 0.5), end + (Math.abs(end) * 0.1 || 0.5)];
  else [start, end] = [start - room, end + room];
  // halves, as the distance of two numbers may be none
  const shareOf = (/** @type {number} */ value) => (forward(value) / 2 - start / 2) / (end / 2 - start / 2);
  const toPixel = (/** @type {Cell} */ value) => (hasPlace(value, log) ? from + shareOf(value) * (to - from) : NaN);
  const values = log ? powersOfTen(start, end) : niceTicks(start, end, count);
  return {
    isNumber: true,
    toPixel,
    band: 0,
    ticks: values.map((value) => ({ at: toPixel(value), label: formatNumber(value, 6) })),
  };
}

/** A colour between two for numbers, of blue over grey to orange. @param {number} share 0 to 1 @param {boolean} dark */
export function gradient(share, dark) {
  const stops = dark
    ? [
        [86, 180, 233],
        [190, 190, 190],
        [240, 150, 60],
      ]
    : [
        [0, 100, 178],
        [150, 150, 150],
        [213, 94, 0],
      ];
  const place = Math.max(0, Math.min(1, share)) * 2;
  const [a, b] = place < 1 ? [stops[0], stops[1]] : [stops[1], stops[2]];
  const rest = place < 1 ? place : place - 1;
  return `rgb(${a.map((part, at) => Math.round(part + (b[at] - part) * rest)).join(",")})`;
}

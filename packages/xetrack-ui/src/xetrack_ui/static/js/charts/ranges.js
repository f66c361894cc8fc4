/** From where to where the axes go. */

/** @typedef {import("./envelope.js").Line} Line */

/**
 * The range of x that all lines have together.
 * @param {Line[]} lines
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function rangeOfX(lines, log) {
  let low = Infinity;
  let high = -Infinity;
  for (const { trace } of lines) {
    for (let at = 0; at < trace.length; at += 1) {
      if (!log || trace.xLow[at] > 0) low = Math.min(low, trace.xLow[at]);
      high = Math.max(high, trace.xHigh[at]);
    }
  }
  return widen(low, high, log, 0);
}

/**
 * The range of y of all that is drawn between two x, bands included.
 * @param {Line[]} lines
 * @param {number} from
 * @param {number} to
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function rangeOfY(lines, from, to, log) {
  let low = Infinity;
  let high = -Infinity;
  for (const { trace } of lines) {
    for (let at = 0; at < trace.length; at += 1) {
      if (trace.xHigh[at] < from || trace.xLow[at] > to) continue;
      const least = trace.min[at];
      if (!log || least > 0) low = Math.min(low, Number.isNaN(least) ? Infinity : least);
      else if (trace.mean[at] > 0) low = Math.min(low, trace.mean[at]);
      if (!Number.isNaN(trace.max[at])) high = Math.max(high, trace.max[at]);
    }
  }
  return widen(low, high, log, 0.05);
}

/**
 * Whether two ends are so far apart that what counts from one to the other gets there.
 * @param {number} low
 * @param {number} high
 */
export function isApart(low, high) {
  return high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high));
}

/** The largest number of an axis: the distance of two such is still a number. */
const LARGEST = 8e307;
/** The smallest one of a logarithmic axis. */
const SMALLEST = 1e-300;
/** The last moment of an axis of time, in seconds since 1970, about 3,000 years from now. */
const LATEST = 1e11;

/** @param {number} value @param {number} least */
function clamp(value, least) {
  return Math.max(least, Math.min(LARGEST, value));
}

/** Whether an axis can be drawn from one number to another. @param {[number, number]} range @param {boolean} time */
export function isDrawable([low, high], time) {
  const most = time ? LATEST : LARGEST;
  return isApart(low, high) && low >= -most && high <= most;
}

/**
 * The part of x that was chosen, as far as it can be drawn; else all.
 * @param {[number, number] | null} range
 * @param {Line[]} lines
 * @param {{log: boolean, time: boolean}} kind
 * @returns {[number, number]}
 */
export function chosenRange(range, lines, { log, time }) {
  const all = rangeOfX(lines, log);
  if (!range) return all;
  const chosen = /** @type {[number, number]} */ ([log && range[0] <= 0 ? all[0] : range[0], range[1]]);
  return isDrawable(chosen, time) ? chosen : all;
}

/**
 * Two numbers with as many digits as tell apart what is between them.
 * @param {[number, number]} range
 * @returns {[number, number]}
 */
export function roundRange([low, high]) {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const digits = Math.min(17, Math.ceil(Math.log10(size / (high - low))) + 6);
  return [Number(low.toPrecision(digits)), Number(high.toPrecision(digits))];
}

/**
 * @param {number} low
 * @param {number} high
 * @param {boolean} log
 * @param {number} margin  part of the range that is added at each end
 * @returns {[number, number]}
 */
export function widen(low, high, log, margin) {
  if (!Number.isFinite(low) || !Number.isFinite(high) || (log && high <= 0)) return log ? [1, 10] : [0, 1];
  const least = log ? SMALLEST : -LARGEST;
  const [from, to] = [clamp(low, least), clamp(high, least)];
  if (log) {
    const factor = isApart(from, to) ? 10 ** ((Math.log10(to) - Math.log10(from)) * margin) : 2;
    return [clamp(from / factor, least), clamp(to * factor, least)];
  }
  const room = isApart(from, to) ? (to - from) * margin : Math.abs(from) * 0.1 || 0.5;
  return [clamp(from - room, least), clamp(to + room, least)];
}

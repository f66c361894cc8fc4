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
 * @param {number} low
 * @param {number} high
 * @param {boolean} log
 * @param {number} margin  part of the range that is added at each end
 * @returns {[number, number]}
 */
export function widen(low, high, log, margin) {
  if (!Number.isFinite(low) || !Number.isFinite(high) || (log && high <= 0)) return log ? [1, 10] : [0, 1];
  if (log) {
    if (low === high) return [low / 2, high * 2];
    const factor = (high / low) ** margin;
    return [low / factor, high * factor];
  }
  if (low === high) {
    const half = Math.abs(low) * 0.1 || 0.5;
    return [low - half, high + half];
  }
  return [low - (high - low) * margin, high + (high - low) * margin];
}

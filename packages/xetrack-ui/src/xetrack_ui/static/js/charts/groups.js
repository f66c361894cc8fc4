/** Runs that share a value become one line: their mean, and a band of one standard deviation to both sides. */
import { Trace } from "./traces.js";

/**
 * Runs share the edges of their buckets, so that those of equal number are about the same x.
 * @param {Trace[]} traces
 * @param {{low: number, high: number, buckets: number}} grid
 * @returns {Trace}
 */
export function groupTrace(traces, { low, high, buckets }) {
  /** @type {Map<number, {xs: number, xLow: number, xHigh: number, values: number[], rows: number}>} */
  const cells = new Map();
  const width = (high - low) / buckets || 1;
  for (const trace of traces) {
    for (let at = 0; at < trace.length; at += 1) {
      if (Number.isNaN(trace.mean[at])) continue;
      const number = Math.floor((trace.middle(at) - low) / width);
      const cell = cells.get(number) ?? { xs: 0, xLow: Infinity, xHigh: -Infinity, values: [], rows: 0 };
      cell.xs += trace.middle(at);
      cell.xLow = Math.min(cell.xLow, trace.xLow[at]);
      cell.xHigh = Math.max(cell.xHigh, trace.xHigh[at]);
      cell.values.push(trace.mean[at]);
      cell.rows += trace.rows[at];
      cells.set(number, cell);
    }
  }
  const result = new Trace();
  for (const number of [...cells.keys()].sort((a, b) => a - b)) {
    const { xLow, xHigh, values, rows } = /** @type {{xLow: number, xHigh: number, values: number[], rows: number}} */ (
      cells.get(number)
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    result.xLow.push(xLow);
    result.xHigh.push(xHigh);
    result.rows.push(rows);
    result.mean.push(mean);
    result.min.push(mean - spread);
    result.max.push(mean + spread);
    result.first.push(values[0]);
    result.last.push(values[values.length - 1]);
    result.odd.push(0);
    result.smooth.push(mean);
    result.total += rows;
  }
  return result;
}

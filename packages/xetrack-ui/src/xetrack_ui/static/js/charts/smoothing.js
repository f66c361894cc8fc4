/** Smoothing as the server does it, for lines that came without: those of an exported page. */

/** @typedef {import("./traces.js").Trace} Trace */

/**
 * An exponential moving average over the means of buckets; one of n rows counts as n. It is exact where
 * each bucket has one row, as an export has for up to as many rows as it says.
 * @param {Trace} trace
 * @param {number} smoothing
 */
export function smoothTrace(trace, smoothing) {
  let state = 0;
  let weight = 0;
  trace.smooth = trace.mean.map((mean, at) => {
    if (Number.isNaN(mean)) return weight ? state / weight : NaN;
    const kept = smoothing ** trace.rows[at];
    state = kept * state + (1 - kept) * mean;
    weight = kept * weight + 1 - kept;
    return state / weight;
  });
}

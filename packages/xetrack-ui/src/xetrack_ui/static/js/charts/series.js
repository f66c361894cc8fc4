/** The answer of `/api/series`: a head in JSON, then columns of numbers back to back. */

/** @typedef {import("../core/types.js").SeriesHead} SeriesHead */
/** @typedef {Float32Array | Float64Array | Uint32Array} Numbers */
/** @typedef {{head: SeriesHead, columns: {[name: string]: Numbers}}} Series */

const KINDS = { f32: Float32Array, f64: Float64Array, u32: Uint32Array };

/**
 * @param {ArrayBuffer} buffer
 * @returns {Series}
 */
export function decodeSeries(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  /** @type {SeriesHead} */
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {{[name: string]: Numbers}} */
  const columns = {};
  for (const column of head.columns) {
    const Kind = KINDS[column.type];
    const start = 4 + length + column.offset;
    const end = start + column.length * Kind.BYTES_PER_ELEMENT;
    // f64 need not begin at a multiple of 8 of the whole answer: then it is copied
    columns[column.name] =
      start % Kind.BYTES_PER_ELEMENT === 0
        ? new Kind(buffer, start, column.length)
        : new Kind(buffer.slice(start, end));
  }
  return { head, columns };
}

/** Buckets of all runs and metrics together. */
const MOST_CELLS = 46000;

/**
 * As many buckets as the chart has pixels, but fewer where many runs share the chart: one bucket of one
 * metric is 24 bytes, and 200 runs with 3 metrics should come in 1.5 MB. A zoom asks anew, so detail is not lost.
 * @param {number} width of the chart in pixels
 * @param {number} runs
 * @param {number} metrics
 */
export function bucketsFor(width, runs, metrics) {
  const room = MOST_CELLS / Math.max(1, runs * metrics);
  const wanted = Math.max(64, Math.min(width, room, 1200));
  return Math.round(wanted / 8) * 8;
}

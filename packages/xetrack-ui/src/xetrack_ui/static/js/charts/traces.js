/** The line of one metric of one run: buckets of the server, and behind them the rows that came since. */
import { toNumber, valueLabel } from "../core/format.js";
import { smoothTrace } from "./smoothing.js";

/** @typedef {import("./series.js").Series} Series */
/** @typedef {import("../core/types.js").NewRows} NewRows */

export const NAN = 1;
export const INF = 2;
export const NEGATIVE_INF = 4;
export const MISSING = 8;

/** Buckets beyond which neighbours are merged, two by two, so that a long watch costs no more than a short one. */
const MOST = 6000;

/**
 * What names a line: its run, and the value by which runs are split.
 * @param {string} id
 * @param {string | null} [value]
 */
export function traceKey(id, value = null) {
  return value === null ? id : `${id}\n${value}`;
}

/** One list of numbers for each field of a bucket. */
export class Trace {
  constructor() {
    /** @type {number[]} */ this.xLow = [];
    /** @type {number[]} */ this.xHigh = [];
    /** @type {number[]} */ this.rows = [];
    /** @type {number[]} */ this.min = [];
    /** @type {number[]} */ this.max = [];
    /** @type {number[]} */ this.mean = [];
    /** @type {number[]} */ this.first = [];
    /** @type {number[]} */ this.last = [];
    /** @type {number[]} */ this.odd = [];
    /** @type {number[]} */ this.smooth = [];
    /** Rows of the run, for x where x is the number of the row. */
    this.total = 0;
    /** The moment from which x counts, where x is time since the run began. */
    this.begin = 0;
  }

  get length() {
    return this.xLow.length;
  }

  /** @param {number} at */
  middle(at) {
    return (this.xLow[at] + this.xHigh[at]) / 2;
  }

  /**
   * Whether there is something to show: a number, or what is none. Not: the metric was not logged.
   * @param {number} at
   */
  isLogged(at) {
    return !Number.isNaN(this.mean[at]) || (this.odd[at] & ~MISSING) !== 0;
  }

  /**
   * Add rows that were logged since.
   * @param {NewRows} news
   * @param {string} y
   * @param {number | null} smoothing
   */
  append(news, y, smoothing) {
    const values = news.y[y] ?? [];
    let state = smoothing === null ? NaN : (this.smooth[this.length - 1] ?? NaN);
    let weight = smoothing === null || Number.isNaN(state) ? 0 : 1 - smoothing ** this.total;
    for (let at = 0; at < news.x.length; at += 1) {
      const x = toNumber(news.x[at]) - this.begin;
      this.total += 1;
      if (!Number.isFinite(x)) continue;
      const value = toNumber(values[at]);
      const finite = Number.isFinite(value);
      const missing = values[at] === null || values[at] === undefined;
      this.xLow.push(x);
      this.xHigh.push(x);
      this.rows.push(1);
      for (const field of [this.min, this.max, this.mean, this.first, this.last]) field.push(finite ? value : NaN);
      this.odd.push(
        finite ? 0 : missing ? MISSING : value === Infinity ? INF : value === -Infinity ? NEGATIVE_INF : NAN,
      );
      if (smoothing !== null) {
        if (finite) {
          // as the server has it: an average that begins at 0, divided by the weights it has got so far
          const next = smoothing * weight + 1 - smoothing;
          state = ((weight ? smoothing * weight * state : 0) + (1 - smoothing) * value) / next;
          weight = next;
        }
        this.smooth.push(state);
      }
    }
    while (this.length > MOST) this.merge();
  }

  /** Merge neighbours, two by two: min, max and what is no number stay. */
  merge() {
    const merged = new Trace();
    merged.total = this.total;
    merged.begin = this.begin;
    for (let at = 0; at < this.length; at += 2) {
      const next = Math.min(at + 1, this.length - 1);
      const [left, right] = [at, next];
      const pair = left !== right;
      merged.xLow.push(Math.min(this.xLow[left], this.xLow[right]));
      merged.xHigh.push(Math.max(this.xHigh[left], this.xHigh[right]));
      merged.rows.push(this.rows[left] + (pair ? this.rows[right] : 0));
      merged.min.push(least(this.min[left], this.min[right]));
      merged.max.push(-least(-this.max[left], -this.max[right]));
      merged.mean.push(average(this.mean[left], this.rows[left], this.mean[right], pair ? this.rows[right] : 0));
      merged.first.push(Number.isNaN(this.first[left]) ? this.first[right] : this.first[left]);
      merged.last.push(Number.isNaN(this.last[right]) ? this.last[left] : this.last[right]);
      merged.odd.push(this.odd[left] | this.odd[right]);
      if (this.smooth.length) merged.smooth.push(this.smooth[right]);
    }
    Object.assign(this, merged);
  }
}

/** @param {number} a @param {number} b */
function least(a, b) {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.min(a, b);
}

/** @param {number} a @param {number} weightA @param {number} b @param {number} weightB */
function average(a, weightA, b, weightB) {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) || weightB === 0 ? a : (a * weightA + b * weightB) / (weightA + weightB);
}

/**
 * @param {Series[]} answers  one for all metrics, or one for each
 * @param {number | null} [smoothing]
 * @returns {Map<string, Map<string, Trace>>} by metric, then by `traceKey`
 */
export function readTraces(answers, smoothing = null) {
  /** @type {Map<string, Map<string, Trace>>} */
  const traces = new Map();
  for (const { head, columns } of answers) {
    for (const y of head.y) {
      /** @type {Map<string, Trace>} */
      const byRun = new Map();
      for (const run of head.runs) {
        const trace = new Trace();
        const part = (/** @type {string} */ name) =>
          Array.from(columns[name].subarray(run.offset, run.offset + run.length));
        trace.total = run.rows;
        trace.begin = run.begin ?? 0;
        trace.xLow = part("x_low");
        trace.xHigh = part("x_high");
        trace.rows = part("rows");
        for (const field of /** @type {const} */ (["min", "max", "mean", "first", "last", "odd"]))
          trace[field] = part(`${y}:${field}`);
        if (columns[`${y}:smooth`]) trace.smooth = part(`${y}:smooth`);
        else if (smoothing !== null) smoothTrace(trace, smoothing);
        byRun.set(traceKey(run.track_id, run.by === undefined ? null : valueLabel(run.by)), trace);
      }
      traces.set(y, byRun);
    }
  }
  return traces;
}

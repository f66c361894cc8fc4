/** A chart of lines: the only module that knows uPlot, which draws axes, and follows the pointer and the zoom. */
import uPlot from "../../vendor/uPlot.js";
import { formatElapsed, formatNumber, formatTime } from "../core/format.js";
import { drawLines } from "./envelope.js";
import { Hover, readAt } from "./hover.js";
import { chosenRange, isDrawable, rangeOfY } from "./ranges.js";
import { onPoint, point, pointedId } from "./sync.js";

/** @typedef {import("./envelope.js").Line} Line */
/**
 * @typedef {object} ChartState
 * @property {Line[]} lines
 * @property {boolean} smoothed
 * @property {boolean} logX
 * @property {boolean} logY
 * @property {boolean} time  x is seconds since 1970
 * @property {boolean} elapsed  x is seconds since a run began
 * @property {[number, number] | null} range  of x; null: all
 * @property {string | null} base  the line to which others are compared
 * @property {(range: [number, number] | null) => void} onRange
 * @property {(text: string) => void} onSay  what the cursor is at, for a screen reader
 */

export const HEIGHT = 240;

/** @param {string} name of a custom property */
function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Times, as exact as their distance asks for; the day stands below where it is a new one. @param {number[]} splits */
function timeLabels(splits) {
  let day = "";
  return splits.map((split) => {
    const [date, time = ""] = formatTime(split).split(" ");
    const step = splits.length > 1 ? splits[1] - splits[0] : 1;
    const label =
      step >= 86400 ? "" : step >= 60 ? time.slice(0, 5) : step >= 1 ? time : time + (split % 1).toFixed(3).slice(1);
    const below = date === day ? "" : date;
    day = date;
    return label ? `${label}\n${below}` : date;
  });
}

/** Distances of marks on an axis of seconds. */
const SECONDS = [
  ...[-3, -2, -1].flatMap((power) => [1, 2, 5].map((part) => part * 10 ** power)),
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10800,
  21600,
  43200,
  86400,
  ...[2, 5, 10, 20, 50, 100, 200, 500].map((days) => days * 86400),
];

/** @param {number[]} splits */
function elapsedLabels(splits) {
  const step = splits.length > 1 ? splits[1] - splits[0] : 1;
  return splits.map((split) => (split === null ? "" : split === 0 ? "0" : formatElapsed(split, step)));
}

/** @param {boolean} time @param {boolean} x @param {boolean} log @param {boolean} [elapsed] @returns {uPlot.Axis} */
function makeAxis(time, x, log, elapsed = false) {
  // a log axis begins where the numbers do: that end has no label, unless it is round
  const isRound = (/** @type {number} */ value) =>
    [1, 2, 5].includes(Number((value / 10 ** Math.floor(Math.log10(value) + 1e-9)).toPrecision(6)));
  return {
    stroke: token("--ink-2"),
    font: `11px ${token("--font")}`,
    grid: { stroke: token("--grid"), width: 1, show: !x },
    ticks: { stroke: token("--grid"), width: 1, size: 4 },
    border: { show: x, stroke: token("--line-strong"), width: 1 },
    size: x ? (time ? 42 : 28) : 56,
    gap: 4,
    space: x ? (time ? 100 : 72) : 32,
    ...(elapsed && !log ? { incrs: SECONDS } : {}),
    values: (_, splits) =>
      elapsed && !log
        ? elapsedLabels(splits)
        : time && x
          ? timeLabels(splits)
          : splits.map((value) => (value === null || (log && !isRound(value)) ? "" : formatNumber(value, 6))),
  };
}

export class Chart {
  /**
   * @param {HTMLElement} host
   * @param {ChartState} state
   */
  constructor(host, state) {
    this.host = host;
    this.state = state;
    this.hover = new Hover(host);
    /** @type {number | null} */
    this.x = null;
    /** Whether the cursor was put here, and not in another chart that this one follows. */
    this.isSource = false;
    /** @type {number | null} */
    this.followed = null;
    this.frame = 0;
    this.plot = this.make();
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(host);
    host.addEventListener("pointermove", () => (this.isSource = true), { capture: true });
    this.release = onPoint(({ x, id, source }) => {
      if (source !== this) this.follow(x);
      if (id !== this.drawnId) this.redraw();
    });
    this.drawnId = pointedId();
  }

  make() {
    const { logX, logY, time, elapsed } = this.state;
    return new uPlot(
      {
        width: Math.max(120, this.host.clientWidth),
        height: this.host.clientHeight || HEIGHT,
        legend: { show: false },
        padding: [8, 12, 0, 0],
        scales: {
          x: { time, distr: logX ? 3 : 1, auto: false, range: () => this.rangeX() },
          y: { distr: logY ? 3 : 1, auto: false, range: () => this.rangeY() },
        },
        axes: [makeAxis(time, true, logX, elapsed), makeAxis(false, false, logY)],
        series: [{}, { show: true, paths: () => null, points: { show: false } }],
        cursor: {
          y: false,
          points: { show: false },
          drag: { x: true, y: false, setScale: false, dist: 4 },
          bind: { dblclick: () => () => (this.state.onRange(null), null) },
        },
        hooks: {
          draw: [() => this.draw()],
          setCursor: [() => this.moved()],
          setSelect: [() => this.selected()],
        },
      },
      [
        [0, 1],
        [null, null],
      ],
      this.host,
    );
  }

  /** @returns {[number, number]} */
  rangeX() {
    const { range, lines, logX: log, time } = this.state;
    return chosenRange(range, lines, { log, time });
  }

  /** @returns {[number, number]} */
  rangeY() {
    const [from, to] = this.rangeX();
    return rangeOfY(this.state.lines, from, to, this.state.logY);
  }

  /** @param {ChartState} state */
  update(state) {
    const { logX, logY, time, elapsed } = this.state;
    this.state = state;
    if (logX !== state.logX || logY !== state.logY || time !== state.time || elapsed !== state.elapsed) {
      this.plot.destroy();
      this.plot = this.make();
    } else this.refresh();
  }

  /** Draw anew what the lines have now, and fit the axes: many calls cost as much as one. */
  refresh() {
    this.mustFit = true;
    this.redraw();
  }

  redraw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.mustFit) {
        this.mustFit = false;
        const [min, max] = this.rangeX();
        const [low, high] = this.rangeY();
        this.plot.batch(() => {
          this.plot.setScale("x", { min, max });
          this.plot.setScale("y", { min: low, max: high });
        });
        if (!this.isSource && this.followed !== null) this.follow(this.followed);
      }
      this.plot.redraw(false, false);
    });
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width > 0 && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
  }

  draw() {
    const { ctx: context, bbox: box } = this.plot;
    const { lines, smoothed, logX, logY } = this.state;
    const scale = (/** @type {"x" | "y"} */ name, /** @type {boolean} */ log) => {
      const forward = log
        ? (/** @type {number} */ value) => Math.log10(Math.max(value, 1e-300))
        : (/** @type {number} */ value) => value;
      const low = forward(this.plot.scales[name].min ?? 0);
      return { low, span: forward(this.plot.scales[name].max ?? 1) - low || 1, forward };
    };
    const [x, y] = [scale("x", logX), scale("y", logY)];
    this.drawnId = pointedId();
    context.save();
    context.beginPath();
    context.rect(box.left, box.top, box.width, box.height);
    context.clip();
    const frame = {
      context,
      box,
      ratio: uPlot.pxRatio,
      toX: (/** @type {number} */ value) => box.left + ((x.forward(value) - x.low) / x.span) * box.width,
      toY: (/** @type {number} */ value) =>
        box.top + box.height - Math.max(-1, (y.forward(value) - y.low) / y.span) * box.height,
    };
    drawLines(frame, lines, smoothed, this.drawnId);
    context.restore();
  }

  /** The cursor is where the pointer or a key has put it. */
  moved() {
    const { left = -10, top = 0 } = this.plot.cursor;
    if (!this.isSource) return;
    if (left < 0) {
      this.x = null;
      this.isSource = false;
      this.hover.hide();
      point({ x: null, id: null, source: this });
      return;
    }
    this.x = this.plot.posToVal(left, "x");
    const { readings, text } = this.read();
    const toTop = (/** @type {number} */ value) => this.plot.valToPos(value, "y");
    let nearest = null;
    for (const reading of readings) {
      if (Number.isNaN(reading.value)) continue;
      if (!nearest || Math.abs(toTop(reading.value) - top) < Math.abs(toTop(nearest.value) - top)) nearest = reading;
    }
    const baseline = readings.find(({ line }) => line.id === this.state.base) ?? null;
    this.hover.show({ x: text, readings, nearest, baseline, left: left + this.plot.over.offsetLeft, top });
    point({ x: this.x, id: nearest?.line.id ?? null, source: this });
  }

  read() {
    const x = /** @type {number} */ (this.x);
    const [low, high] = this.rangeX();
    const readings = readAt(this.state.lines, x, this.state.smoothed, (high - low) / 60);
    if (this.state.time) return { readings, text: formatTime(x) };
    const format = (/** @type {number} */ value) =>
      this.state.elapsed ? formatElapsed(value, (high - low) / 1000) : formatNumber(value, 6);
    if (!readings.length) return { readings, text: format(x) };
    const [{ line, at }] = readings;
    const [from, to] = [line.trace.xLow[at], line.trace.xHigh[at]].map(format);
    return { readings, text: from === to ? from : `${from} … ${to}` };
  }

  /** Another chart has the pointer. @param {number | null} x */
  follow(x) {
    this.isSource = false;
    this.followed = x;
    this.hover.hide();
    const left = x === null ? -10 : this.plot.valToPos(x, "x");
    this.plot.setCursor({ left, top: left < 0 ? -10 : 0 }, false);
  }

  selected() {
    const { left, width } = this.plot.select;
    if (width < 4) return;
    this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.zoom(left, left + width);
  }

  /** Show what is between two places, as long as it can be drawn. @param {number} from in pixels @param {number} to */
  zoom(from, to) {
    const range = /** @type {[number, number]} */ ([this.plot.posToVal(from, "x"), this.plot.posToVal(to, "x")]);
    if (isDrawable(range, this.state.time)) this.state.onRange(range);
  }

  /**
   * @param {string} key
   * @param {boolean} far  ten steps at once
   * @returns {boolean} whether the key does something here
   */
  press(key, far) {
    const width = this.plot.over.clientWidth;
    const { left: at = -10 } = this.plot.cursor;
    const left = at < 0 ? width / 2 : at;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      this.isSource = true;
      const step = (key === "ArrowLeft" ? -1 : 1) * (far ? width / 10 : Math.max(2, width / 100));
      this.plot.setCursor({
        left: Math.max(0, Math.min(width, at < 0 ? left : left + step)),
        top: this.plot.over.clientHeight / 2,
      });
      if (this.x !== null) this.say();
      return true;
    }
    if (key === "Escape" && at >= 0) this.plot.setCursor({ left: -10, top: -10 });
    else if (key === "+" || key === "=" || key === "-") {
      const share = key === "-" ? 2 : 0.5;
      const from = left - left * share;
      this.zoom(from, from + width * share);
    } else if (key === "0") this.state.onRange(null);
    else return false;
    return true;
  }

  say() {
    const { readings, text } = this.read();
    this.state.onSay(
      `${text}: ${
        readings
          .slice(0, 8)
          .map((reading) => `${reading.line.label} ${reading.text}`)
          .join(", ") || "nothing here"
      }`,
    );
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.release();
    if (this.isSource) point({ x: null, id: null, source: this });
    this.observer.disconnect();
    this.plot.destroy();
    this.hover.box.remove();
  }
}

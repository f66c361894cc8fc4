/** Draws a line: the band from min to max, in which every point lies, the mean, and marks for nan and infinities. */
import { INF, MISSING, NAN, NEGATIVE_INF } from "./traces.js";

/** @typedef {import("./traces.js").Trace} Trace */
/**
 * @typedef {object} Line
 * @property {string} id
 * @property {string} label
 * @property {string} colour
 * @property {number[]} dash
 * @property {Trace} trace
 * @property {number} [width]
 * @property {number} [alpha]
 * @property {number} [band]  how strong the band is, 0 to 1
 * @property {boolean} [quiet]  not in the list of values at the cursor: one of the lines of a group
 */
/**
 * @typedef {object} Frame
 * @property {CanvasRenderingContext2D} context
 * @property {(x: number) => number} toX  in pixels of the canvas
 * @property {(y: number) => number} toY
 * @property {{left: number, top: number, width: number, height: number}} box
 * @property {number} ratio  pixels of the canvas in one of the page
 */

/** Pixels of one end to the next between which a mark would hide the one before. */
const MARK = 7;

/**
 * All bands first, then all lines: no line is under the band of another.
 * @param {Frame} frame
 * @param {Line[]} lines
 * @param {boolean} smoothed
 * @param {string | null} strong  the line at the cursor
 */
export function drawLines(frame, lines, smoothed, strong) {
  const isStrong = (/** @type {Line} */ line) => line.id === strong;
  const dim = lines.length > 1 && lines.some(isStrong) ? 0.4 : 1;
  const ordered = dim === 1 ? lines : [...lines.filter((line) => !isStrong(line)), ...lines.filter(isStrong)];
  const alphaOf = (/** @type {Line} */ line) => (line.alpha ?? 1) * (isStrong(line) ? 1 : dim);
  frame.context.save();
  frame.context.lineJoin = "round";
  for (const line of ordered) drawBand(frame, line, (smoothed ? 0.6 : 1) * (line.band ?? 0.2) * alphaOf(line));
  for (const line of ordered) drawLine(frame, line, smoothed, alphaOf(line), isStrong(line));
  frame.context.restore();
}

/** @param {Frame} frame @param {Line} line @param {boolean} smoothed @param {number} alpha @param {boolean} strong */
function drawLine(frame, line, smoothed, alpha, strong) {
  const { context, ratio } = frame;
  context.strokeStyle = line.colour;
  context.fillStyle = line.colour;
  if (smoothed) {
    context.globalAlpha = 0.3 * alpha;
    context.lineWidth = ratio;
    strokeMean(frame, line.trace, line.trace.mean);
  }
  context.globalAlpha = alpha;
  context.lineWidth = ((line.width ?? 1.75) + (strong ? 1 : 0)) * ratio;
  context.setLineDash(line.dash.map((part) => part * ratio));
  strokeMean(frame, line.trace, smoothed ? line.trace.smooth : line.trace.mean);
  context.setLineDash([]);
  drawMarks(frame, line.trace);
}

/**
 * The corners are the ends of each bucket, not its middle: a point at its edge is in the band as well.
 * @param {Frame} frame
 * @param {Line} line
 * @param {number} strength
 */
function drawBand({ context, toX, toY, ratio }, { trace, colour }, strength) {
  /** @type {number[]} */
  let part = [];
  let isFlat = true;
  const path = new Path2D();
  const close = () => {
    if (!isFlat) {
      for (const at of part) {
        const y = toY(trace.max[at]);
        if (at === part[0]) path.moveTo(toX(trace.xLow[at]), y);
        else path.lineTo(toX(trace.xLow[at]), y);
        path.lineTo(toX(trace.xHigh[at]), y);
      }
      for (const at of part.reverse()) {
        const y = toY(trace.min[at]);
        path.lineTo(toX(trace.xHigh[at]), y);
        path.lineTo(toX(trace.xLow[at]), y);
      }
      path.closePath();
    }
    part = [];
    isFlat = true;
  };
  for (let at = 0; at < trace.length; at += 1) {
    if (!trace.isLogged(at)) continue;
    if (Number.isNaN(trace.mean[at])) close();
    else {
      part.push(at);
      if (trace.max[at] !== trace.min[at]) isFlat = false;
    }
  }
  close();
  context.fillStyle = colour;
  context.strokeStyle = colour;
  context.globalAlpha = strength;
  context.fill(path);
  // a spike in one bucket is thinner than a pixel: its outline is what one sees of it
  context.lineWidth = ratio;
  context.stroke(path);
}

/**
 * @param {Frame} frame
 * @param {Trace} trace
 * @param {number[]} values
 */
function strokeMean({ context, toX, toY, ratio }, trace, values) {
  const path = new Path2D();
  const dots = new Path2D();
  let begun = 0;
  let lastX = 0;
  let lastY = 0;
  const end = () => {
    // one point alone between two gaps has no line: it is a dot
    if (begun === 1) dots.arc(lastX, lastY, 3 * ratio, 0, 2 * Math.PI);
    begun = 0;
  };
  for (let at = 0; at < trace.length; at += 1) {
    if (!trace.isLogged(at)) continue;
    if (Number.isNaN(trace.mean[at]) || Number.isNaN(values[at])) {
      end();
      continue;
    }
    lastX = toX(trace.middle(at));
    lastY = toY(values[at]);
    if (begun) path.lineTo(lastX, lastY);
    else {
      path.moveTo(lastX, lastY);
      dots.moveTo(lastX + 3 * ratio, lastY);
    }
    begun += 1;
  }
  end();
  context.stroke(path);
  context.fill(dots);
}

/**
 * A cross at the lower edge for nan, a triangle at the edge to which an infinity points.
 * @param {Frame} frame
 * @param {Trace} trace
 */
function drawMarks({ context, toX, box, ratio }, trace) {
  const size = 3.5 * ratio;
  const bottom = box.top + box.height - size - ratio;
  const top = box.top + size + ratio;
  /** @type {{[kind: number]: number}} */
  const last = { [NAN]: -Infinity, [INF]: -Infinity, [NEGATIVE_INF]: -Infinity };
  context.lineWidth = 1.5 * ratio;
  for (let at = 0; at < trace.length; at += 1) {
    if ((trace.odd[at] & ~MISSING) === 0) continue;
    const x = toX(trace.middle(at));
    if (x < box.left || x > box.left + box.width) continue;
    for (const kind of [NAN, INF, NEGATIVE_INF]) {
      if (!(trace.odd[at] & kind) || x - last[kind] < MARK * ratio) continue;
      last[kind] = x;
      context.beginPath();
      if (kind === NAN) {
        context.moveTo(x - size, bottom - size);
        context.lineTo(x + size, bottom + size);
        context.moveTo(x - size, bottom + size);
        context.lineTo(x + size, bottom - size);
        context.stroke();
      } else {
        const [tip, foot] = kind === INF ? [top - size, top + size] : [bottom + size, bottom - size];
        context.moveTo(x, tip);
        context.lineTo(x + size, foot);
        context.lineTo(x - size, foot);
        context.fill();
      }
    }
  }
}

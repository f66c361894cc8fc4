/** Numbers, times and cells as text. */

/** @typedef {import("./types.js").Cell} Cell */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** @param {number} value */
export function formatCount(value) {
  return whole.format(value);
}

/**
 * Four significant digits; whole numbers in full, very large and small ones with an exponent.
 * @param {unknown} value
 * @param {number} [digits]
 */
export function formatNumber(value, digits = 4) {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return "–";
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value);
  if (size >= 1e7 || size < 1e-4)
    return value
      .toExponential(Math.min(3, digits - 1))
      .replace("e+", "e")
      .replace(/\.?0+e/, "e");
  return String(Number(value.toPrecision(digits)));
}

/** @param {number | null | undefined} seconds @returns {string} */
export function formatDuration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `−${formatDuration(-seconds)}`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Time since a run began, as exact as `step` seconds. @param {number} seconds @param {number} step */
export function formatElapsed(seconds, step) {
  if (Math.abs(seconds) < 60 && step < 60) return `${formatNumber(seconds, 6)} s`;
  const sign = seconds < 0 ? "−" : "";
  const parts = step < 0.01 ? 3 : step < 1 ? 2 : 0;
  const size = Number(Math.abs(seconds).toFixed(parts || 3));
  const whole = Math.floor(size);
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600), Math.floor(whole / 60)];
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const begin = days >= 2 ? `${sign}${days} d` : sign;
  const over = days >= 2 ? hours % 24 : hours; // hours beside the days that are named
  if (days >= 2 && step >= 3600) return begin + (over ? ` ${over} h` : "");
  const gap = days >= 2 ? " " : "";
  if (step >= 60)
    return hours ? `${begin}${gap}${over} h${minutes % 60 ? ` ${pad(minutes % 60)}` : ""}` : `${begin}${minutes} min`;
  const rest = parts ? (size - whole).toFixed(parts).slice(1) : "";
  return `${begin}${gap}${hours ? `${over}:${pad(minutes % 60)}` : minutes}:${pad(whole % 60)}${rest}`;
}

/** @param {string | null | undefined} time */
export function formatAge(time) {
  if (!time) return "–";
  const seconds = (Date.now() - Date.parse(time)) / 1000;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 86400 * 60) return `${Math.floor(seconds / 86400)} d ago`;
  return formatTime(time).slice(0, 10);
}

/** @param {string | number | null | undefined} time  ISO 8601, or seconds since 1970 */
export function formatTime(time) {
  if (time === null || time === undefined) return "–";
  // a date alone, or a length of time, is no moment
  if (typeof time === "string" && !/^\d{4}-\d\d-\d\d[T ]\d\d/.test(time)) return time;
  const date = new Date(typeof time === "number" ? time * 1000 : time);
  if (Number.isNaN(date.getTime())) return String(time);
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** @param {number} bytes */
export function formatSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let step = 0;
  while (bytes >= 1000 && step < units.length - 1) {
    bytes /= 1000;
    step += 1;
  }
  return `${step && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[step]}`;
}

/**
 * @param {unknown} cell
 * @param {string} [kind] of its column
 */
export function formatCell(cell, kind) {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "number") return Number.isSafeInteger(cell) ? String(cell) : formatNumber(cell, 6);
  if (typeof cell === "boolean") return cell ? "true" : "false";
  if (Array.isArray(cell) && cell.length && cell.every((item) => typeof item === "string" && !/[\s,]/.test(item)))
    return cell.join(" ");
  if (typeof cell === "object") return JSON.stringify(cell);
  if (kind === "time") return formatTime(String(cell));
  return String(cell);
}

/** A value by which lines are split, as a text that no other value has. @param {unknown} value */
export function valueLabel(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "string") return typeof value === "number" ? String(value) : formatCell(value);
  return value === "" || value === "–" || value === "true" || value === "false" || !Number.isNaN(Number(value))
    ? JSON.stringify(value)
    : value;
}

/**
 * What a recorder wrote down, with names such as `gpu.memory` for what lies deeper.
 * @param {unknown} facts
 * @param {string} [above]
 * @returns {{[name: string]: any}}
 */
export function flatten(facts, above = "") {
  if (typeof facts !== "object" || facts === null) return {};
  return Object.assign(
    {},
    ...Object.entries(facts).map(([name, value]) => {
      const isDeep = typeof value === "object" && value !== null && !Array.isArray(value);
      return isDeep ? flatten(value, `${above}${name}.`) : { [above + name]: value };
    }),
  );
}

/** @param {{name: string | null, track_id: string}} run */
export function runLabel(run) {
  return run.name || run.track_id;
}

/** @param {number | string | null | undefined} value @returns {number} nan if it is no number */
export function toNumber(value) {
  if (typeof value === "number") return value;
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  return NaN;
}

/** The numbers that a chart draws, as a table. */
import { useVersion } from "../core/answers.js";
import { formatCount, formatElapsed, formatNumber, formatTime } from "../core/format.js";
import { html } from "../core/ui.js";
import { Table } from "../parts/table.js";
import { INF, NAN, NEGATIVE_INF } from "./traces.js";

/** @typedef {import("./envelope.js").Line} Line */
/** @typedef {{line: Line, at: number}} Place */

/** @param {number} odd */
function oddText(odd) {
  return [odd & NAN ? "nan" : "", odd & INF ? "inf" : "", odd & NEGATIVE_INF ? "-inf" : ""].filter(Boolean).join(", ");
}

/**
 * @param {{title: string, lines: Line[], x: string, time: boolean, elapsed: boolean, version: number}} props
 */
export function DataTable({ title, lines, x, time, elapsed, version }) {
  const starts = [0];
  const logged = lines.map(({ trace }) => {
    const places = [];
    for (let at = 0; at < trace.length; at += 1) if (trace.isLogged(at)) places.push(at);
    starts.push(starts[starts.length - 1] + places.length);
    return places;
  });
  const total = starts[starts.length - 1];
  const place = (/** @type {number} */ index) => {
    let number = 0;
    while (starts[number + 1] <= index) number += 1;
    return { line: lines[number], at: logged[number][index - starts[number]] };
  };
  const xText = time
    ? formatTime
    : elapsed
      ? (/** @type {number} */ value) => formatElapsed(value, 0.001)
      : (/** @type {number} */ value) => formatNumber(value, 8);
  const number = (
    /** @type {string} */ id,
    /** @type {string} */ label,
    /** @type {(place: Place) => number} */ read,
  ) => ({
    id,
    label,
    width: 92,
    align: /** @type {const} */ ("right"),
    render: (/** @type {Place} */ row) => formatNumber(read(row), 6),
  });
  const columns = [
    {
      id: "run",
      label: "Run",
      width: 168,
      render: (/** @type {Place} */ { line }) => html`<span class="run-name">
        <span class="swatch" style=${{ "--colour": line.colour }}></span>
        <span class="clip" title=${line.label}>${line.label}</span>
      </span>`,
    },
    {
      id: "from",
      label: x,
      width: time ? 160 : 92,
      align: /** @type {const} */ ("right"),
      render: (/** @type {Place} */ { line, at }) => xText(line.trace.xLow[at]),
    },
    {
      id: "to",
      label: "to",
      width: time ? 160 : 92,
      align: /** @type {const} */ ("right"),
      render: (/** @type {Place} */ { line, at }) =>
        line.trace.xHigh[at] === line.trace.xLow[at] ? "" : xText(line.trace.xHigh[at]),
    },
    {
      id: "rows",
      label: "Rows",
      width: 72,
      align: /** @type {const} */ ("right"),
      render: (/** @type {Place} */ { line, at }) => formatCount(line.trace.rows[at]),
    },
    number("mean", "Mean", ({ line, at }) => line.trace.mean[at]),
    number("min", "Min", ({ line, at }) => line.trace.min[at]),
    number("max", "Max", ({ line, at }) => line.trace.max[at]),
    number("first", "First", ({ line, at }) => line.trace.first[at]),
    number("last", "Last", ({ line, at }) => line.trace.last[at]),
    {
      id: "odd",
      label: "No number",
      width: 100,
      render: (/** @type {Place} */ { line, at }) => oddText(line.trace.odd[at]),
    },
  ];
  return html`<${Table}
    label=${`Numbers of ${title}`}
    columns=${columns}
    source=${title}
    round=${`${useVersion(lines)} ${version}`}
    load=${async (/** @type {number} */ offset, /** @type {number} */ limit) => ({
      total,
      rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => place(offset + at)),
    })}
  />`;
}

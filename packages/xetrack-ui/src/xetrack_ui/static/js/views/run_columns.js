/** The columns of the table of runs. */
import { styleOfRun } from "../core/colours.js";
import {
  formatAge,
  formatCell,
  formatCount,
  formatDuration,
  formatNumber,
  formatTime,
  runLabel,
  toNumber,
} from "../core/format.js";
import { html } from "../core/ui.js";
import { urlWith, visit } from "../core/url.js";
import { Icon } from "../parts/icons.js";

/** @typedef {import("../core/types.js").Run} Run */
/** @typedef {import("../core/types.js").Column} Column */
/** @typedef {import("../parts/table.js").TableColumn<Run>} RunColumn */

export const MODES = ["last", "min", "max", "best"];
/** Columns that count rows: where a run stopped is said by its rows already. */
export const COUNTERS = ["step", "global_step", "epoch", "iteration"];
const BEST = { min: "lowest", max: "highest" };

/** @param {{status: string}} props */
export function Status({ status }) {
  return html`<span class=${`status status-${/^[a-z]+$/.test(status) ? status : "unknown"}`}>
    <span class="status-dot" aria-hidden="true"></span>
    ${status}
  </span>`;
}

/** @param {{run: {track_id: string, number?: number}}} props */
export function Swatch({ run }) {
  const { colour, dash } = styleOfRun(run);
  return html`<svg class="swatch-line" width="18" height="8" viewBox="0 0 18 8" aria-hidden="true">
    <line
      x1="1"
      y1="4"
      x2="17"
      y2="4"
      stroke=${colour}
      stroke-width="3"
      stroke-dasharray=${dash.map((part) => part * 0.45).join(" ") || undefined}
    />
  </svg>`;
}

/**
 * What a metric of a run is, as last, min, max or best.
 * @param {Run} run
 * @param {string} metric
 * @param {string} mode
 * @param {"min" | "max" | null} goal
 */
export function metricValue(run, metric, mode, goal) {
  const value = run.values[metric];
  if (!value) return null;
  return value[/** @type {"last"} */ (mode === "best" ? (goal ?? "last") : mode)];
}

/**
 * All columns there can be, in their order.
 * @param {{params: string[], metrics: string[], columns: Column[], mode: string}} known
 * @returns {RunColumn[]}
 */
export function allColumns({ params, metrics, columns, mode }) {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const text = (
    /** @type {string} */ id,
    /** @type {string} */ label,
    /** @type {number} */ width,
    /** @type {(run: Run) => any} */ render,
  ) => ({ id, label, width, sortable: true, render });
  return [
    text("status", "Status", 116, (run) => html`<${Status} status=${run.status} />`),
    {
      ...text(
        "started",
        "Started",
        112,
        (run) => html`<time title=${formatTime(run.started)}>${formatAge(run.started)}</time>`,
      ),
      align: "right",
    },
    { ...text("duration", "Duration", 104, (run) => formatDuration(run.duration)), align: "right" },
    { ...text("rows", "Rows", 84, (run) => formatCount(run.rows)), align: "right" },
    ...params.map((name) => paramColumn(name, byName.get(name))),
    ...metrics.map((name) => metricColumn(name, mode, byName.get(name) ?? null)),
    text("group", "Group", 120, (run) => run.group ?? ""),
    text(
      "tags",
      "Tags",
      140,
      (run) => html`${run.tags.map((tag, at) => html`<span class="tag" key=${at}>${tag}</span>`)}`,
    ),
    text("user", "User", 96, (run) => run.user ?? ""),
    text("host", "Host", 112, (run) => run.host ?? ""),
    text("track_id", "Id", 200, (run) => html`<code>${run.track_id}</code>`),
  ];
}

/** @param {string} name @param {Column | undefined} column @returns {RunColumn} */
function paramColumn(name, column) {
  return {
    id: `param:${name}`,
    label: name,
    width: Math.max(88, Math.min(200, name.length * 7 + 40)),
    align: column?.kind === "number" ? "right" : "left",
    sortable: true,
    title: `${name}: a param`,
    render: (run) => html`<span title=${formatCell(run.params[name])}>${formatCell(run.params[name])}</span>`,
  };
}

/** @param {string} name @param {string} mode @param {Column | null} column @returns {RunColumn} */
function metricColumn(name, mode, column) {
  const goal = column?.goal ?? null;
  const shown = mode === "best" ? (goal ? `${BEST[goal]}` : "last") : mode;
  return {
    id: `metric:${name}`,
    label: html`${name}<span class="th-mode">${shown}</span>`,
    width: Math.max(112, Math.min(220, (name.length + shown.length) * 7 + 52)),
    align: "right",
    sortable: true,
    title: `${name}, ${shown} value${column?.unit ? `, in ${column.unit}` : ""}${goal ? `; goal: ${goal}` : ""}`,
    render: (run) => {
      const value = metricValue(run, name, mode, goal);
      return html`<span
        class=${value !== null && Number.isFinite(toNumber(value)) ? "" : "faint"}
        title=${value === null ? "" : String(value)}
      >
        ${value === null ? "–" : formatNumber(value)}
      </span>`;
    },
  };
}

/** @param {string[]} differing @param {string[]} all  names of metrics */
export function defaultColumns(differing, all) {
  const metrics = all.filter((name) => !COUNTERS.includes(name));
  return [
    "status",
    "started",
    "duration",
    ...differing.slice(0, 4).map((name) => `param:${name}`),
    ...metrics.slice(0, 5).map((name) => `metric:${name}`),
  ];
}

/** How the server calls what a column is sorted by. @param {string} id @param {string} mode */
export function sortName(id, mode) {
  if (id.startsWith("param:")) return id.slice(6);
  return id.startsWith("metric:") ? `${id.slice(7)}${mode === "last" ? "" : `:${mode}`}` : id;
}

/**
 * The first column: it stays in sight.
 * @param {{chosen: Set<string>, hidden: Set<string>, pinned: Set<string>, base: string | undefined, toggle: (name:
 *   "runs" | "hide" | "pin", id: string) => void}} marks
 * @param {number} width
 * @returns {RunColumn}
 */
export function nameColumn({ chosen, hidden, pinned, base, toggle }, width) {
  return {
    id: "name",
    label: "Run",
    width,
    sortable: true,
    render: (run) => {
      const id = run.track_id;
      const label = runLabel(run);
      const off = hidden.has(id);
      const onTop = pinned.has(id);
      return html`<span class="run-name">
        <label class="tick">
          <input
            type="checkbox"
            aria-label=${`Choose ${label}`}
            checked=${chosen.has(id)}
            tabindex="-1"
            onChange=${() => toggle("runs", id)}
          />
        </label>
        <${Swatch} run=${run} />
        <a
          class=${`run-link ${off ? "is-off" : ""}`}
          href=${urlWith({ view: "run", id })}
          tabindex="-1"
          onClick=${(/** @type {MouseEvent} */ event) => visit(event, { view: "run", id })}
          title=${label === id ? id : `${label}\n${id}`}
          data-run=${id}
        >
          ${label}
          ${run.name ? html`<span class="run-id">${id}</span>` : null}
        </a>
        ${base === id ? html`<span class="tag">baseline</span>` : null}
        <span class=${`row-actions ${off || onTop ? "is-set" : ""}`}>
          <button
            type="button"
            class=${`icon-button ${off ? "is-on" : ""}`}
            tabindex="-1"
            aria-pressed=${off ? "true" : "false"}
            aria-label=${`Hide ${label} from charts`}
            title="Hide from charts (h)"
            onClick=${() => toggle("hide", id)}
          >
            <${Icon} name=${off ? "eyeOff" : "eye"} />
          </button>
          <button
            type="button"
            class=${`icon-button ${onTop ? "is-on" : ""}`}
            tabindex="-1"
            aria-pressed=${onTop ? "true" : "false"}
            aria-label=${`Pin ${label} on top`}
            title="Pin on top (p)"
            onClick=${() => toggle("pin", id)}
          >
            <${Icon} name="pin" />
          </button>
        </span>
      </span>`;
    },
  };
}

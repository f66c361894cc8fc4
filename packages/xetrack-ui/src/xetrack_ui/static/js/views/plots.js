/** Plots of results: of runs, or of the rows of a table. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { runLabel } from "../core/format.js";
import { html } from "../core/ui.js";
import { go } from "../core/url.js";
import { Select } from "../parts/menu.js";
import { EmptyDatabase, ErrorState, Loading } from "../parts/states.js";
import { FIELDS } from "./chart_lines.js";
import { PlotPicker } from "../plots/picker.js";
import { COUNTERS, metricValue } from "./run_columns.js";
import { runsQuery, useColumns } from "./shared.js";

/** @typedef {import("../core/types.js").Column} Column */
/** @typedef {import("../core/types.js").RunsAnswer} RunsAnswer */
/** @typedef {import("../plots/picker.js").Field} Field */

/** Runs or rows that are fetched at most; what is left out is said. */
const MOST = 10000;

/** @param {import("../app.js").ViewProps} props */
export function PlotsView({ db, table, params }) {
  const { columns, reload: readColumns } = useColumns(db, table);
  const ofRows = params.of === "rows";
  const query = ofRows
    ? { where: params.rwhere, runs: params.rruns, limit: MOST }
    : runsQuery({ ...params, latest: "" }, MOST);
  const answer = useAnswer(`${params.of} ${JSON.stringify(query)}`, async (signal) => {
    const data = await getJson(tablePath(db.id, table, ofRows ? "rows" : "runs"), query, signal);
    return { data, ofRows };
  });
  const { data } = answer;
  if (answer.failure) return html`<${ErrorState} error=${answer.failure} onRetry=${answer.reload} />`;
  if (data && data.data.total === 0)
    return html`<${EmptyDatabase}
      location=${db.location}
      table=${table}
      onLook=${() => (answer.reload(), readColumns())}
    />`;
  const current = data && data.ofRows === ofRows ? data.data : null;
  const total = current ? (ofRows ? current.total : current.matching) : 0;
  const count = current ? (ofRows ? current.rows : current.runs).length : 0;
  const of = html`<${Select}
    label="Of"
    value=${ofRows ? "rows" : "runs"}
    onChange=${(/** @type {string} */ value) =>
      go({ of: value === "rows" ? value : null, px: null, py: null, by: null, axes: null })}
    options=${[
      { value: "runs", label: "runs" },
      { value: "rows", label: "rows" },
    ]}
  />`;
  return html`
    <h1 class="offscreen">Plots</h1>
    ${
      current && columns.length
        ? html`<${PlotPicker}
          params=${params}
          fields=${ofRows ? fieldsOfRows(current) : fieldsOfRuns(current, columns, params.as ?? "last")}
          total=${total}
          of=${`${ofRows ? "rows" : "runs"}${count < total ? `: the first ${count} of ${total}` : ""}`}
          lead=${of}
          onOpen=${
            ofRows
              ? null
              : (/** @type {number} */ at) => go({ view: "run", id: current.runs[at].track_id }, { push: true })
          }
          labels=${ofRows ? null : current.runs.map(runLabel)}
        />`
        : html`<${Loading} label="Loading" />`
    }
  `;
}

/** @param {RunsAnswer} answer @param {Column[]} columns @param {string} mode @returns {Field[]} */
function fieldsOfRuns(answer, columns, mode) {
  const goals = new Map(columns.map(({ name, goal }) => [name, goal]));
  const { runs } = answer;
  return [
    ...answer.metrics.map((name) => ({
      name,
      isMetric: !COUNTERS.includes(name),
      isNumber: true,
      values: runs.map((run) => metricValue(run, name, mode, goals.get(name) ?? null)),
    })),
    ...answer.params.map((name) => {
      const values = runs.map((run) => run.params[name] ?? null);
      return { name, values, isNumber: values.some((value) => typeof value === "number") };
    }),
    { name: "duration", isNumber: true, values: runs.map((run) => run.duration) },
    { name: "rows", isNumber: true, values: runs.map((run) => run.rows) },
    ...FIELDS.map((name) => ({ name, isNumber: false, values: runs.map((run) => /** @type {any} */ (run)[name]) })),
  ];
}

/** @param {import("../core/types.js").RowsAnswer} answer @returns {Field[]} */
function fieldsOfRows(answer) {
  return answer.columns
    .map((column, at) => ({
      name: column.name,
      isMetric: column.own && !column.param,
      isNumber: column.kind === "number",
      values: answer.rows.map((row) => row[at]),
      kind: column.kind,
    }))
    .filter(({ kind }) => kind !== "asset");
}

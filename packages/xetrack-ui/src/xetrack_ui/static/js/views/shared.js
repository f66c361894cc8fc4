/** What several views ask for. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { useEffect, useState } from "../core/ui.js";
import { COUNTERS } from "./run_columns.js";
import { isExport } from "../core/offline.js";
import { joinList } from "../core/url.js";

/** @typedef {import("../core/types.js").Column} Column */
/** @typedef {import("../core/types.js").Database} Database */
/** @typedef {import("../core/types.js").Params} Params */

/** @type {Column[]} */
const NONE = [];

/** @param {Database} db @param {string} table @returns {{columns: Column[], reload: () => void}} */
export function useColumns(db, table) {
  const answer = useAnswer(
    `${db.id} ${table}`,
    (signal) => /** @type {Promise<Column[]>} */ (getJson(tablePath(db.id, table, "columns"), {}, signal)),
  );
  return { columns: answer.data ?? NONE, reload: answer.reload };
}

/** Columns of which a chart can be made. @param {Column[]} columns */
export function metricsOf(columns) {
  return columns.filter((column) => column.own && !column.param && column.kind === "number");
}

/**
 * What x is where nobody says: what was set for the metric, else a column that counts, else the number of the row.
 * @param {Column[]} columns
 * @param {string[]} ys
 */
export function defaultX(columns, ys) {
  const set = columns.find((column) => ys.includes(column.name) && column.x)?.x;
  if (set && columns.some(({ name }) => name === set)) return set;
  const names = new Set(metricsOf(columns).map(({ name }) => name));
  return COUNTERS.find((name) => names.has(name)) ?? "";
}

/** What the URL calls time since a run began; no column has such a name. */
export const ELAPSED = "@elapsed";

/**
 * The axis of a URL: `""` is the number of the row.
 * @param {Params} params
 * @param {Column[]} columns
 * @param {string[]} ys
 */
export function chosenX(params, columns, ys) {
  return params.x === undefined ? defaultX(columns, ys) : params.x === "#" ? "" : params.x;
}

/** What x can be: in an export what it holds. @param {Column[]} columns */
export function xOptions(columns) {
  const names = isExport
    ? [...new Set(columns.flatMap(({ x }) => x ?? []))]
    : metricsOf(columns).map(({ name }) => name);
  const times = isExport
    ? []
    : [
        { value: "timestamp", label: "time" },
        { value: ELAPSED, label: "time since begin" },
      ];
  return [{ value: "#", label: "row" }, ...times, ...names.map((name) => ({ value: name, label: name }))];
}

/**
 * The runs that the URL asks for: those chosen, else the first ones of the table of runs as it is sorted and
 * filtered.
 * @param {Params} params
 * @param {number} limit
 */
export function runsQuery(params, limit) {
  if (params.latest) return { sort: "started", desc: "1", limit: 1 };
  if (params.runs) return { ids: params.runs, limit: 500 };
  const sort = (params.sort ?? "started").replace(/^param:/, "").replace(/^metric:/, "");
  const suffix = params.sort?.startsWith("metric:") && params.as && params.as !== "last" ? `:${params.as}` : "";
  return {
    where: params.where,
    q: params.q,
    status: params.status,
    sort: sort + suffix,
    desc: params.desc ?? "1",
    limit,
  };
}

/** @param {string[]} chosen @param {string} id */
export function toggled(chosen, id) {
  return joinList(chosen.includes(id) ? chosen.filter((item) => item !== id) : [...chosen, id]);
}

/** Whether the page is as wide as a phone. */
export function useNarrow() {
  const [media] = useState(() => matchMedia("(max-width: 720px)"));
  const [narrow, setNarrow] = useState(media.matches);
  useEffect(() => {
    const listen = () => setNarrow(media.matches);
    media.addEventListener("change", listen);
    return () => media.removeEventListener("change", listen);
  }, []);
  return narrow;
}

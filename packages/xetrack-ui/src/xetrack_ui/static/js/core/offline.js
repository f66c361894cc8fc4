/** An exported page: its answers are in the page, and what the server would sort or cut, is done here. */
import { flatten } from "./format.js";
import { splitList } from "./url.js";

/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").RunsAnswer} RunsAnswer */
/** @typedef {{[name: string]: string | number | boolean | string[] | null | undefined}} Query */

const element = document.getElementById("data");
export const isExport = element !== null;
/** @type {{[request: string]: any}} */
const requests = element ? JSON.parse(element.textContent ?? "{}").requests : {};

/** @param {string} message @param {string} hint */
function refuse(message, hint) {
  return Object.assign(new Error(message), { type: "NotInThisPage", hint });
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** @param {string} path @returns {any} */
export function held(path) {
  if (path in requests) return requests[path];
  throw refuse("This saved page does not hold that.", "Open the database with `xt ui` to see it.");
}

/**
 * @param {string} path
 * @param {Query} query
 * @returns {Promise<any>}
 */
export async function heldAnswer(path, query) {
  const [, , , , , kind] = path.split("/");
  if (kind === "runs") return sortRuns(held(path), query, held(path.replace(/runs$/, "columns")));
  if (kind === "series") return heldSeries(path, query);
  if (kind === "rows") return heldRows(held(path), query);
  if (kind === "compare") return compareRuns(path.replace(/compare$/, "run"), query);
  if (kind === "complete") return [];
  return held(path);
}

/** @param {string} path @param {Query} query @returns {ArrayBuffer[]} */
function heldSeries(path, query) {
  const buffers = [];
  for (const y of listOf(query.y)) {
    const names = [
      `${path}?y=${encodeURIComponent(y)}&x=${encodeURIComponent(String(query.x ?? ""))}`,
      `${path}?y=${encodeURIComponent(y)}`,
    ];
    const name = names.find((item) => item in requests);
    if (name) buffers.push(fromBase64(requests[name].base64).buffer);
  }
  return buffers;
}

/** As the server reads a parameter. @param {unknown} value */
function isTrue(value) {
  return value === true || value === "1";
}

/** The names of a parameter. @param {unknown} value */
function listOf(value) {
  return splitList(String(value ?? ""));
}

/**
 * What runs are sorted by: a metric with what it is shown by, as in `loss:min`, a param, or a field of the record.
 * @param {string} name
 * @param {RunsAnswer} answer
 * @param {import("./types.js").Column[]} columns
 * @returns {(run: Run) => any}
 */
function sortBy(name, { metrics }, columns) {
  const [, metric, mode] = (!metrics.includes(name) && /^(.*):(last|min|max|best)$/.exec(name)) || [name, name, "last"];
  const goal = columns.find((column) => column.name === metric)?.goal ?? "last";
  const end = /** @type {"last"} */ (mode === "best" ? goal : mode);
  if (metrics.includes(metric)) return (run) => run.values[metric]?.[end];
  return (run) => (Object.hasOwn(run.params, name) ? run.params[name] : /** @type {any} */ (run)[name]);
}

/** @param {any} a @param {any} b */
function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b));
}

/** @param {Run} run */
function textsOf({ track_id: id, name, group, notes, host, tags, params }) {
  return [id, name, group, notes, host, ...tags, ...Object.entries(params).map(([key, value]) => `${key}=${value}`)];
}

/**
 * @param {RunsAnswer} answer
 * @param {Query} query
 * @param {import("./types.js").Column[]} columns
 * @returns {RunsAnswer}
 */
function sortRuns(answer, query, columns) {
  let { runs } = answer;
  const ids = query.ids ? new Set(listOf(query.ids)) : null;
  const text = String(query.q ?? "").toLowerCase();
  const status = query.status ? String(query.status).split(",") : null;
  runs = runs.filter(
    (run) =>
      (!ids || ids.has(run.track_id)) &&
      (!status || status.includes(run.status)) &&
      (!text || textsOf(run).join("\n").toLowerCase().includes(text)),
  );
  const value = sortBy(query.sort ? String(query.sort) : "started", answer, columns);
  const direction = isTrue(query.desc ?? true) ? -1 : 1;
  runs = [...runs].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left == null || right == null) return left == null ? (right == null ? 0 : 1) : -1;
    return direction * compareValues(left, right);
  });
  const offset = Number(query.offset ?? 0);
  return { ...answer, matching: runs.length, runs: runs.slice(offset, offset + Number(query.limit ?? 100)) };
}

/** @param {import("./types.js").RowsAnswer} answer @param {Query} query */
function heldRows(answer, query) {
  const ids = query.runs ? new Set(listOf(query.runs)) : null;
  const at = answer.columns.findIndex((column) => column.name === "track_id");
  let rows = answer.rows.filter((row) => !ids || ids.has(String(row[at])));
  const key = answer.columns.findIndex((column) => column.name === query.sort);
  if (key >= 0) rows = [...rows].sort((a, b) => compareValues(a[key], b[key]) * (isTrue(query.desc) ? -1 : 1));
  const offset = Number(query.offset ?? 0);
  return { ...answer, total: rows.length, rows: rows.slice(offset, offset + Number(query.limit ?? 100)) };
}

/**
 * Versions by the names of packages, with the source behind those that were built from one, as the server has them.
 * @param {any} record
 * @returns {{[name: string]: string}}
 */
function packagesOf(record) {
  const facts = record.facts?.packages ?? {};
  const versions = /** @type {[string, unknown][]} */ (Object.entries(facts.distributions ?? facts)).filter(
    ([, version]) => typeof version === "string",
  );
  return Object.fromEntries(
    versions.map(([name, version]) => {
      const source = facts.direct_urls?.[name];
      const words = source ? [source.url, source.commit].filter((word) => typeof word === "string") : null;
      return [name, words ? `${version} (${words.join(", ") || "not from an index"})` : String(version)];
    }),
  );
}

/** @param {string} path of the runs @param {Query} query */
function compareRuns(path, query) {
  const answers = listOf(query.runs).map((id) => held(`${path}/${encodeURIComponent(id)}`));
  const records = answers.map((answer) => answer.record);
  /** @param {string} name @param {string[]} keys @param {(record: any, key: string) => any} read */
  const section = (name, keys, read) => ({
    name,
    rows: [...new Set(keys)].map((key) => {
      const values = records.map((record) => read(record, key) ?? null);
      return { name: key, values, differs: new Set(values.map((value) => JSON.stringify(value))).size > 1 };
    }),
  });
  const params = new Set(records.flatMap((record) => Object.keys(record.params ?? {})));
  const keysOf = (/** @type {(record: any) => any} */ part) =>
    records.flatMap((record) => Object.keys(part(record) ?? {}));
  return {
    sections: [
      section(
        "metrics",
        keysOf((record) => record.values).filter((key) => !params.has(key)),
        (record, key) => record.values?.[key]?.last,
      ),
      section(
        "params",
        keysOf((record) => record.params),
        (record, key) => record.params?.[key],
      ),
      section(
        "record",
        ["name", "status", "group", "tags", "duration", "host", "user", "python", "platform"],
        (record, key) => record[key],
      ),
      section("packages", keysOf(packagesOf), (record, key) => packagesOf(record)[key]),
      section(
        "patch",
        keysOf((record) => flatten(record.facts?.git)),
        (record, key) => flatten(record.facts?.git)[key],
      ),
    ],
  };
}

/** An exported page: its answers are in the page, and what the server would sort or cut, is done here. */
import { flatten } from "./format.js";

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
  if (kind === "runs") return sortRuns(held(path), query);
  if (kind === "series") return heldSeries(path, query);
  if (kind === "rows") return heldRows(held(path), query);
  if (kind === "compare") return compareRuns(path.replace(/compare$/, "run"), query);
  if (kind === "complete") return [];
  return held(path);
}

/** @param {string} path @param {Query} query @returns {ArrayBuffer[]} */
function heldSeries(path, query) {
  const buffers = [];
  for (const y of String(query.y).split(",")) {
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

/** @param {Run} run @param {string} name */
export function sortValue(run, name) {
  const [metric, mode = "last"] = name.split(":");
  if (run.values[metric]) return run.values[metric]?.[/** @type {"last"} */ (mode === "best" ? "max" : mode)];
  if (metric in run.params) return run.params[metric];
  return /** @type {any} */ (run)[metric];
}

/** @param {any} a @param {any} b */
function compareValues(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b));
}

/** @param {RunsAnswer} answer @param {Query} query @returns {RunsAnswer} */
function sortRuns(answer, query) {
  let { runs } = answer;
  const ids = query.ids ? new Set(String(query.ids).split(",")) : null;
  const text = String(query.q ?? "").toLowerCase();
  const status = query.status ? String(query.status).split(",") : null;
  runs = runs.filter(
    (run) =>
      (!ids || ids.has(run.track_id)) &&
      (!status || status.includes(run.status)) &&
      (!text || JSON.stringify([run.track_id, run.name, run.tags, run.params]).toLowerCase().includes(text)),
  );
  const sort = query.sort ? String(query.sort) : "started";
  const direction = isTrue(query.desc ?? true) ? -1 : 1;
  runs = [...runs].sort((a, b) => {
    const [left, right] = [sortValue(a, sort), sortValue(b, sort)];
    if (left == null || right == null) return left == null ? (right == null ? 0 : 1) : -1;
    return direction * compareValues(left, right);
  });
  const offset = Number(query.offset ?? 0);
  return { ...answer, matching: runs.length, runs: runs.slice(offset, offset + Number(query.limit ?? 100)) };
}

/** @param {import("./types.js").RowsAnswer} answer @param {Query} query */
function heldRows(answer, query) {
  const ids = query.runs ? new Set(String(query.runs).split(",")) : null;
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
  const answers = String(query.runs)
    .split(",")
    .map((id) => held(`${path}/${encodeURIComponent(id)}`));
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

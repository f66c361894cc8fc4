/** Which lines a chart has, from runs and how they are grouped. */
import { groupTrace } from "../charts/groups.js";
import { styleOfRun, styleOfSlot } from "../core/colours.js";
import { formatCell, runLabel, valueLabel } from "../core/format.js";
import { traceKey } from "../charts/traces.js";

/** @typedef {import("../charts/envelope.js").Line} Line */
/** @typedef {import("../charts/traces.js").Trace} Trace */
/** @typedef {import("../core/types.js").Run} Run */
/** @typedef {Map<string, {runs: Run[], colour: string, dash: number[]}>} Groups */

/** @typedef {{groups: Groups, others: number}} Split  others: values that have no lines */

/** Fields of a run by which one groups, beside its params. */
export const FIELDS = ["group", "status", "tags", "host", "user", "name"];

/** Before the name of a column of rows by which one groups: its values differ within a run. */
const ROWS = "rows:";

/** @param {string | undefined} group @returns {string | null} */
export function splitColumn(group) {
  return group?.startsWith(ROWS) ? group.slice(ROWS.length) : null;
}

/** Columns of rows by which one groups. @param {import("../core/types.js").Column[]} columns */
export function splitOptions(columns) {
  return columns
    .filter(({ own, param, kind }) => own && !param && ["text", "bool", "number"].includes(kind))
    .map(({ name }) => ({ value: ROWS + name, label: `${name} (rows)` }));
}

/** @param {Run} run @param {string} name */
export function groupValue(run, name) {
  const value = name in run.params ? run.params[name] : /** @type {any} */ (run)[name];
  return Array.isArray(value) ? value.join(", ") || "–" : formatCell(value) || "–";
}

/** @param {Run[]} runs @param {string | undefined} name @returns {Groups} */
export function groupsOf(runs, name) {
  /** @type {Groups} */
  const groups = new Map();
  if (!name) return groups;
  const values = [...new Set(runs.map((run) => groupValue(run, name)))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  values.forEach((value, slot) => {
    const { colour, dash } = styleOfSlot(slot);
    groups.set(value, { runs: runs.filter((run) => groupValue(run, name) === value), colour, dash });
  });
  return groups;
}

/**
 * The groups of an answer that was split by a column of rows.
 * @param {Run[]} runs
 * @param {import("../core/types.js").SeriesHead} head
 * @returns {Groups}
 */
export function splitGroups(runs, head) {
  /** @type {Map<string, Set<string>>} */
  const ids = new Map();
  for (const { track_id: id, by } of head.runs) {
    const value = valueLabel(by);
    ids.set(value, (ids.get(value) ?? new Set()).add(id));
  }
  return new Map(
    [...ids].map(([value, members], slot) => [
      value,
      { runs: runs.filter((run) => members.has(run.track_id)), ...styleOfSlot(slot) },
    ]),
  );
}

/**
 * @param {object} parts
 * @param {Map<string, Trace>} parts.byRun
 * @param {Run[]} parts.runs
 * @param {Groups} parts.groups
 * @param {boolean} parts.isGrouped
 * @param {boolean} parts.isSplit  each run has a line for each group
 * @param {string | null} parts.base  this run stands out, above the others
 * @param {{low: number, high: number, buckets: number}} parts.grid
 * @returns {Line[]}
 */
export function makeLines({ byRun, runs, groups, isGrouped, isSplit, base, grid }) {
  /** @type {Line[]} */
  const lines = [];
  if (isGrouped) {
    // many lines are a cloud, and the means stay in sight
    const alpha = Math.max(0.08, 0.5 / Math.sqrt(Math.max(1, runs.length / 3)));
    for (const [value, { runs: members, colour }] of groups) {
      for (const run of members) {
        const trace = byRun.get(traceKey(run.track_id, isSplit ? value : null));
        if (trace && (isSplit || run.track_id !== base))
          lines.push({
            id: run.track_id,
            label: isSplit ? `${runLabel(run)} · ${value}` : runLabel(run),
            colour,
            dash: [],
            trace,
            width: 1,
            alpha,
            band: 0.3,
            quiet: true,
          });
      }
    }
    for (const [value, { runs: members, colour, dash }] of groups) {
      const traces = members.flatMap((run) => byRun.get(traceKey(run.track_id, isSplit ? value : null)) ?? []);
      lines.push({
        id: `group ${value}`,
        label: `${value} (${members.length})`,
        colour,
        dash,
        trace: groupTrace(traces, grid),
        width: 2.5,
        band: 0.2,
      });
    }
  } else {
    for (const run of runs) {
      const trace = byRun.get(run.track_id);
      if (trace && run.track_id !== base)
        lines.push({
          id: run.track_id,
          ...pick(styleOfRun(run)),
          label: runLabel(run),
          trace,
          ...(runs.length > 60 ? { band: 0.1, width: 1, alpha: 0.8 } : {}),
        });
    }
  }
  const run = runs.find(({ track_id: id }) => id === base);
  const trace = run && byRun.get(run.track_id);
  if (run && trace)
    lines.push({ id: run.track_id, ...pick(styleOfRun(run)), label: `${runLabel(run)} (baseline)`, trace, width: 3 });
  return lines;
}

/** @param {{colour: string, dash: number[]}} style */
function pick({ colour, dash }) {
  return { colour, dash };
}

/** The table of runs. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { useDraft } from "../core/draft.js";
import { formatCount } from "../core/format.js";
import { useLive } from "../core/live.js";
import { isExport } from "../core/offline.js";
import { html, useEffect, useMemo, useRef, useState } from "../core/ui.js";
import { go, joinChoice, joinList, splitList } from "../core/url.js";
import { useColumns, useNarrow } from "./shared.js";
import { CheckList, Menu, Select } from "../parts/menu.js";
import { SearchBox } from "../parts/searchbox.js";
import { EmptyDatabase, EmptyState } from "../parts/states.js";
import { Icon } from "../parts/icons.js";
import { Table } from "../parts/table.js";
import { MODES, allColumns, defaultColumns, nameColumn, sortName } from "./run_columns.js";

/** @typedef {import("../core/types.js").Run} Run */
/** @typedef {import("../core/types.js").RunsAnswer} RunsAnswer */

const STATUSES = ["running", "finished", "failed", "interrupted", "lost", "unknown"];

/** @param {import("../app.js").ViewProps} props */
export function RunsView({ db, table, params }) {
  const path = tablePath(db.id, table, "runs");
  const { columns, reload: readColumns } = useColumns(db, table);
  const narrow = useNarrow();
  const [known, setKnown] = useState(/** @type {RunsAnswer | null} */ (null));
  const [failure, setFailure] = useState(/** @type {any} */ (null));
  const [round, setRound] = useState(0);
  const news = useRef(/** @type {Map<string, Run>} */ (new Map()));
  const seen = useRef(/** @type {Set<string>} */ (new Set()));
  const [, redraw] = useState(0);

  const chosen = useMemo(() => new Set(splitList(params.runs)), [params.runs]);
  const hidden = useMemo(() => new Set(splitList(params.hide)), [params.hide]);
  const pinned = useMemo(() => new Set(splitList(params.pin)), [params.pin]);
  const mode = MODES.includes(params.as) ? params.as : "last";
  const sort = { id: params.sort ?? "started", desc: (params.desc ?? "1") === "1" };
  const filter = { where: params.where, q: params.q, status: params.status };
  const query = { ...filter, sort: sortName(sort.id, mode), desc: sort.desc };

  const pinnedRuns = useAnswer(params.pin ? `${params.pin} ${round}` : null, (signal) =>
    getJson(path, { ids: [...pinned], limit: pinned.size }, signal),
  );
  const onTop = /** @type {Run[]} */ (pinnedRuns.data?.runs ?? []).filter((run) => pinned.has(run.track_id));
  const wanted = params.cols ? splitList(params.cols) : defaultColumns(known?.params ?? [], known?.metrics ?? []);
  const figures = wanted.filter((id) => id.startsWith("metric:")).map((id) => id.slice("metric:".length));
  const liveAfter = useRef("");
  if (known && !liveAfter.current) liveAfter.current = known.token;
  useLive(known ? { db: db.id, table, figures, after: liveAfter.current } : null, {
    runs: (changed) => {
      // a run that the table does not show, as it is filtered out, is new once
      const isNew = changed.some((run) => !seen.current.has(run.track_id));
      for (const run of changed) {
        seen.current.add(run.track_id);
        news.current.set(run.track_id, run);
      }
      if (isNew) setRound((n) => n + 1);
      else redraw((n) => n + 1);
    },
    reset: () => (setRound((n) => n + 1), readColumns()),
    resumed: () => setRound((n) => n + 1),
  });
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && redraw((n) => n + 1), 30000); // ages grow
    return () => clearInterval(timer);
  }, []);

  /** @param {"runs" | "hide" | "pin"} name @param {string} id */
  function toggle(name, id) {
    const set = new Set(splitList(params[name]));
    if (!set.delete(id)) set.add(id);
    go({ [name]: joinList([...set]) });
  }

  /** @param {number} offset @param {number} limit @param {AbortSignal} signal */
  async function load(offset, limit, signal) {
    const before = new Map(news.current);
    try {
      const answer = /** @type {RunsAnswer} */ (await getJson(path, { ...query, offset, limit }, signal));
      for (const { track_id: id } of answer.runs) {
        seen.current.add(id);
        if (news.current.get(id) === before.get(id)) news.current.delete(id); // else it came meanwhile
      }
      setKnown(answer);
      setFailure(null);
      return { rows: answer.runs, total: answer.matching };
    } catch (error) {
      if (!signal.aborted) setFailure(error);
      throw error;
    }
  }

  const all = allColumns({ params: known?.params ?? [], metrics: known?.metrics ?? [], columns, mode });
  const latest = (/** @type {Run} */ run) => {
    const changed = news.current.get(run.track_id);
    return changed ? { ...changed, values: { ...run.values, ...changed.values } } : run;
  };
  const shown = [
    nameColumn({ chosen, hidden, pinned, base: params.base, toggle }, narrow ? 210 : 320),
    ...all.filter(({ id }) => wanted.includes(id)),
  ].map((column) => ({
    ...column,
    render: (/** @type {Run} */ run, /** @type {number} */ index) => column.render(latest(run), index),
  }));
  const open = (/** @type {Run} */ run) => go({ view: "run", id: run.track_id }, { push: true });
  if (known && known.total === 0 && !Object.values(filter).some(Boolean))
    return html`<${EmptyDatabase}
      location=${db.location}
      table=${table}
      onLook=${() => (void load(0, 1, new AbortController().signal).catch(() => {}), readColumns())}
    />`;

  return html`
    <h1 class="offscreen">Runs</h1>
    <div class="toolbar">
      <${QuickSearch} value=${params.q ?? ""} />
      <${SearchBox}
        db=${db.id}
        table=${table}
        label="Filter runs by a condition in SQL"
        value=${params.where ?? ""}
        error=${params.where ? failure : null}
        onChange=${(/** @type {string} */ where) => go({ where })}
      />
      <${Select}
        label="Status"
        hideLabel
        value=${params.status ?? ""}
        onChange=${(/** @type {string} */ status) => go({ status })}
        options=${[{ value: "", label: "Any status" }, ...STATUSES.map((value) => ({ value, label: value }))]}
      />
      <${Select}
        label="Values"
        hideLabel
        value=${mode}
        onChange=${(/** @type {string} */ as) => go({ as: as === "last" ? null : as })}
        options=${[
          ["last", "Last values"],
          ["min", "Lowest values"],
          ["max", "Highest values"],
          ["best", "Best by goal"],
        ].map(([value, label]) => ({ value, label }))}
      />
      <${Menu} label=${html`<${Icon} name="columns" /><span>Columns</span>`} name="Choose columns">
        <${CheckList}
          title="Columns"
          chosen=${wanted}
          onChange=${(/** @type {string[]} */ ids) => go({ cols: joinChoice(ids) })}
          items=${all.map(({ id, label }) => ({
            id,
            label: typeof label === "string" ? label : id.slice(id.indexOf(":") + 1),
            note: id.includes(":") ? id.slice(0, id.indexOf(":")) : "",
          }))}
        />
      </${Menu}>
    </div>
    <div class="sheet">
      <${Table}
        label="Runs"
        columns=${shown}
        source=${JSON.stringify(query)}
        round=${round}
        load=${load}
        pinned=${onTop}
        sort=${sort}
        rowClass=${(/** @type {Run} */ run) => (hidden.has(run.track_id) ? "is-hidden" : "")}
        isSelected=${(/** @type {Run} */ run) => chosen.has(run.track_id)}
        onSort=${(/** @type {string} */ id) => go({ sort: id, desc: id === sort.id ? (sort.desc ? "0" : "1") : "1" })}
        onOpen=${open}
        onKey=${(/** @type {KeyboardEvent} */ event, /** @type {Run} */ run) => {
          const names = /** @type {{[key: string]: "runs" | "hide" | "pin"}} */ ({ " ": "runs", h: "hide", p: "pin" });
          if (!names[event.key]) return false;
          toggle(names[event.key], run.track_id);
          return true;
        }}
        empty=${html`<${EmptyState} title="No run matches">
  <p>No run has all of that.</p>
  <button type="button" class="button" onClick=${() => go({ where: null, q: null, status: null })}>
    Show all runs
  </button>
</${EmptyState}>`}
      />
    </div>
    <footer class="foot">
      <span class="foot-count">
        ${
          known
            ? html`
              <strong>${formatCount(known.matching)}</strong>
              ${
                known.matching === known.total
                  ? known.total === 1
                    ? " run"
                    : " runs"
                  : ` of ${formatCount(known.total)} runs`
              }
            `
            : "…"
        }
        ${chosen.size ? html`<span class="foot-sep">·</span><strong>${chosen.size}</strong> chosen` : null}
      </span>
      <span class="foot-actions">
        <button type="button" class="button" onClick=${() => go({ view: "charts" }, { push: true })}>
          ${chosen.size ? "Chart the chosen" : "Charts"}
        </button>
        <button
          type="button"
          class="button"
          disabled=${chosen.size < 2}
          onClick=${() => go({ view: "compare" }, { push: true })}
        >
          Compare
        </button>
        <button
          type="button"
          class="button button-quiet"
          disabled=${!chosen.size && !hidden.size}
          onClick=${() => go({ runs: null, hide: null })}
        >
          Clear
        </button>
      </span>
    </footer>
  `;
}

/** @param {{value: string}} props */
function QuickSearch({ value }) {
  const { text, type, sent } = useDraft(value);
  useEffect(() => {
    const timer = setTimeout(() => text !== value && (sent(text), go({ q: text })), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return html`<input
    type="search"
    class="input quick"
    placeholder="Name, tag or param"
    aria-label="Search runs by name, tag or param"
    value=${text}
    data-key=${isExport ? "/" : undefined}
    onInput=${(/** @type {any} */ event) => type(event.target.value)}
  />`;
}

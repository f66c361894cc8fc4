/** Charts of metrics of several runs, which follow what is logged. */
import { getBuffers, getJson, tablePath } from "../core/api.js";
import { useAnswer, useSettled } from "../core/answers.js";
import { useLive } from "../core/live.js";
import { useTheme } from "../core/theme.js";
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../core/ui.js";
import { go, joinList, splitList } from "../core/url.js";
import { isDrawable, roundRange } from "../charts/ranges.js";
import { bucketsFor, decodeSeries } from "../charts/series.js";
import { readTraces } from "../charts/traces.js";
import { Legend } from "../parts/legend.js";
import { EmptyState, EmptyDatabase, ErrorState, Loading } from "../parts/states.js";
import { ChartPanel } from "./chart_panel.js";
import { ChartTools } from "./chart_tools.js";
import { groupsOf, makeLines, splitColumn, splitGroups } from "./chart_lines.js";
import { COUNTERS } from "./run_columns.js";
import { ELAPSED, chosenX, metricsOf, runsQuery, useColumns } from "./shared.js";

/** @typedef {import("../core/types.js").RunsAnswer} RunsAnswer */
/** @typedef {import("../core/types.js").Run} Run */

/** Charts that are there without being asked for. */
const FIRST = 6;
/** For so long further rows are waited for before split lines are read anew, in ms. */
const SOON = 250;
/** As many lines as a run is taken to have where it is split. */
const VALUES = 4;

/** @param {import("../app.js").ViewProps} props */
export function ChartsView({ db, table, params }) {
  const [split, setSplit] = useState(/** @type {import("./chart_lines.js").Split | null} */ (null));
  const { columns, reload: readColumns } = useColumns(db, table);
  const limit = Number(params.show ?? 10) || 10;
  const query = runsQuery(params, limit);
  const runs = useAnswer(
    `runs ${JSON.stringify(query)}`,
    (signal) =>
      /** @type {Promise<RunsAnswer>} */ (getJson(tablePath(db.id, table, "runs"), { ...query, metrics: [] }, signal)),
  );
  const metrics = metricsOf(columns);
  const x = chosenX(params, columns, splitList(params.y));
  const ys = params.y
    ? splitList(params.y)
    : metrics
        .map(({ name }) => name)
        .filter((name) => name !== x && !COUNTERS.includes(name))
        .slice(0, FIRST);
  const readAnew = () => (runs.reload(), readColumns());
  if (runs.failure) return html`<${ErrorState} error=${runs.failure} onRetry=${runs.reload} />`;
  if (runs.data?.total === 0)
    return html`<${EmptyDatabase} location=${db.location} table=${table} onLook=${readAnew} />`;
  const hidden = new Set(splitList(params.hide));
  const listed = runs.data?.runs ?? [];
  return html`
    <h1 class="offscreen">Charts</h1>
    <${ChartTools} params=${params} columns=${columns} x=${x} ys=${ys} answer=${runs.data} />
    <div class="split">
      <${Legend}
        groups=${groupsOf(listed, splitColumn(params.group) === null ? params.group : undefined)}
        split=${splitColumn(params.group) === null ? null : split}
        runs=${listed}
        hidden=${hidden}
        params=${params}
        matching=${params.runs || params.latest ? listed.length : (runs.data?.matching ?? 0)}
      />
      <div class="split-main">
        ${
          runs.data && columns.length
            ? html`<${ChartGrid}
              db=${db}
              table=${table}
              params=${params}
              runs=${listed.filter((run) => !hidden.has(run.track_id))}
              ys=${ys}
              x=${x}
              columns=${columns}
              onNews=${readAnew}
              onSplit=${setSplit}
            />`
            : html`<${Loading} label="Loading runs" />`
        }
      </div>
    </div>
  `;
}

/**
 * @param {object} props
 * @param {import("../core/types.js").Database} props.db
 * @param {string} props.table
 * @param {import("../core/types.js").Params} props.params
 * @param {Run[]} props.runs
 * @param {string[]} props.ys
 * @param {string} props.x
 * @param {import("../core/types.js").Column[]} props.columns
 * @param {() => void} [props.onNews]  runs or columns are others, or a run has ended
 * @param {(changed: Run[]) => void} [props.onChange]  told of each change of runs
 * @param {(split: import("./chart_lines.js").Split) => void} [props.onSplit]  told which values lines are split into
 */
export function ChartGrid({ db, table, params, runs, ys, x, columns, onNews, onChange, onSplit }) {
  const theme = useTheme();
  const grid = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [width, setWidth] = useState(0);
  const [version, setVersion] = useState(0);
  const frame = useRef(0);
  useLayoutEffect(() => {
    const element = /** @type {HTMLDivElement} */ (grid.current);
    const observer = new ResizeObserver(() =>
      setWidth(parseFloat(getComputedStyle(element).gridTemplateColumns) || element.clientWidth),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const shown = params.alone && ys.includes(params.alone) ? [params.alone] : ys;
  const smoothing = Number(params.smooth ?? 0) || null;
  const range = useMemo(() => readRange(params), [params.low, params.high]);
  const ids = runs.map((run) => run.track_id);
  const by = splitColumn(params.group);
  const elapsed = x === ELAPSED;
  const column = elapsed ? "timestamp" : x;
  const perChart = Math.ceil(width / 100) * 100;
  const ready = width > 0 && ids.length > 0 && ys.length > 0;
  const wanted = useSettled(
    ready
      ? JSON.stringify({
          y: joinList(shown),
          x: column || undefined,
          elapsed: elapsed || undefined,
          by: by ?? undefined,
          runs: joinList(ids),
          low: range?.[0],
          high: range?.[1],
          buckets: bucketsFor(perChart, ids.length * (by === null ? 1 : VALUES), shown.length),
          smooth: smoothing ?? undefined,
        })
      : null,
    90,
  );
  const answer = useAnswer(ready && wanted ? `${db.id} ${table} ${wanted}` : null, async (signal) => {
    const asked = JSON.parse(/** @type {string} */ (wanted));
    const series = (await getBuffers(tablePath(db.id, table, "series"), asked, signal)).map(decodeSeries);
    return {
      head: series[0]?.head,
      traces: readTraces(series, asked.smooth ?? null),
      smoothing: asked.smooth ?? null,
      x: asked.x ?? "",
      elapsed: Boolean(asked.elapsed),
    };
  });
  const { data } = answer;
  const question = data?.head
    ? {
        db: db.id,
        table,
        runs: data.head.runs.map(({ track_id: id }) => id),
        columns: data.head.y,
        x: data.x || null,
        after: data.head.token,
      }
    : null;
  const known = useRef(new Set(ids));
  for (const id of ids) known.current.add(id);
  const waiting = useRef(/** @type {ReturnType<typeof setTimeout> | null} */ (null));
  useEffect(() => () => clearTimeout(waiting.current ?? undefined), []);
  useLive(question, {
    rows: (news) => {
      if (by !== null) {
        // new rows do not say their value
        waiting.current ??= setTimeout(() => ((waiting.current = null), answer.reload()), SOON);
        return;
      }
      for (const [y, byRun] of data?.traces ?? [])
        for (const [id, rows] of Object.entries(news)) byRun.get(id)?.append(rows, y, data?.smoothing ?? null);
      if (!frame.current) {
        frame.current = requestAnimationFrame(() => {
          frame.current = 0;
          setVersion((n) => n + 1);
        });
      }
    },
    runs: (changed) => {
      onChange?.(changed);
      const statuses = new Map(runs.map(({ track_id: id, status }) => [id, status]));
      const isNews = changed.some(
        ({ track_id: id, status }) => !known.current.has(id) || (statuses.get(id) ?? status) !== status,
      );
      for (const run of changed) known.current.add(run.track_id);
      if (isNews) onNews?.();
    },
    reset: () => {
      answer.reload();
      onNews?.();
    },
    resumed: () => onNews?.(),
  });

  // What is drawn is the last answer, until the next one comes.
  const isSplit = data?.head?.by !== undefined;
  const group = isSplit || by === null ? params.group : undefined;
  const groups = useMemo(
    () => (isSplit && data?.head ? splitGroups(runs, data.head) : groupsOf(runs, group)),
    [JSON.stringify(ids), group, theme, isSplit && data],
  );
  useEffect(() => {
    if (isSplit && data?.head) onSplit?.({ groups, others: data.head.others ?? 0 });
  }, [groups]);
  const isElapsed = data ? data.elapsed : elapsed;
  const drawnX = data ? data.x : column;
  const time = !isElapsed && (drawnX === "timestamp" || columns.find(({ name }) => name === drawnX)?.kind === "time");
  const logs = splitList(params.logy);
  const units = new Map(columns.map(({ name, unit }) => [name, unit]));
  const facets = params.facet && groups.size ? [...groups.keys()] : [null];
  const panels = shown.flatMap((y) => facets.map((facet) => ({ y, facet })));
  const showRange = (/** @type {[number, number] | null} */ next) => {
    const [low, high] = next ? roundRange(next) : [null, null];
    go({ low, high });
  };
  if (!ys.length)
    return html`<div ref=${grid}>
      <${EmptyState} title="Nothing to draw">
        <p>${metricsOf(columns).length ? "Choose metrics above." : "This table has no columns of numbers."}</p>
      </${EmptyState}>
    </div>`;
  return html`<div
    data-panels=${panels.length}
    class=${`grid ${answer.loading && data ? "is-busy" : ""} ${params.alone ? "is-alone" : ""}`}
    ref=${grid}
  >
    ${ids.length && answer.failure ? html`<${ErrorState} error=${answer.failure} onRetry=${answer.reload} />` : null}
    ${
      !ids.length
        ? html`<${EmptyState} title="No run is shown">
          <p>All runs are hidden, or none matches.</p>
          <button
            type="button"
            class="button"
            onClick=${() => go({ hide: null, runs: null, where: null, q: null, status: null })}
          >
            Show all runs
          </button>
        </${EmptyState}>`
        : null
    }
    ${
      ids.length && data && !answer.failure
        ? panels.map(
            ({ y, facet }) => html`<${Panel}
              key=${`${y} ${facet} ${theme}`}
              y=${y}
              facet=${facet}
              data=${data}
              runs=${runs}
              groups=${groups}
              version=${version}
              group=${isSplit || group}
              isSplit=${isSplit}
              base=${isSplit ? null : (params.base ?? null)}
              x=${isElapsed ? "time since begin" : drawnX || "row"}
              unit=${units.get(y)}
              time=${time}
              elapsed=${isElapsed}
              range=${range}
              smoothed=${data.smoothing !== null}
              logX=${Boolean(params.logx) && !time}
              logY=${logs.includes(y)}
              alone=${params.alone === y}
              onLogY=${() =>
                go({ logy: joinList(logs.includes(y) ? logs.filter((item) => item !== y) : [...logs, y]) })}
              onAlone=${() => go({ alone: params.alone === y ? null : y })}
              onRange=${showRange}
            />`,
          )
        : null
    }
    ${
      ids.length && !data && !answer.failure
        ? panels.map(
            ({ y, facet }) => html`<section
              class="panel is-waiting"
              key=${`${y} ${facet}`}
              aria-busy="true"
              aria-label=${y}
            >
              <header class="panel-head"><h2 class="panel-title">${y}</h2></header>
              <div class="panel-body"></div>
            </section>`,
          )
        : null
    }
  </div>`;
}

/** @param {import("../core/types.js").Params} params @returns {[number, number] | null} */
function readRange(params) {
  const range = /** @type {[number, number]} */ ([Number(params.low), Number(params.high)]);
  return params.low && params.high && isDrawable(range, false) ? range : null;
}

/** @param {any} props */
function Panel({ y, facet, data, runs, groups, version, group, isSplit, base, ...rest }) {
  const lines = useMemo(
    () =>
      makeLines({
        byRun: data.traces.get(y) ?? new Map(),
        runs: facet === null ? runs : groups.get(facet).runs,
        groups: facet === null ? groups : new Map([[facet, groups.get(facet)]]),
        isGrouped: Boolean(group),
        isSplit,
        base,
        grid: data.head,
      }),
    [data, runs, groups, version && group ? version : 0, base],
  );
  return html`<${ChartPanel}
    title=${facet === null ? y : `${y} · ${facet}`}
    lines=${lines}
    version=${version}
    base=${base}
    ...${rest}
  />`;
}

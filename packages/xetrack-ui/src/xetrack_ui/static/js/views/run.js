/** All about one run. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { formatAge, formatCell, formatCount, formatDuration, formatTime, flatten, runLabel } from "../core/format.js";
import { useLive } from "../core/live.js";
import { html, useMemo, useState } from "../core/ui.js";
import { go } from "../core/url.js";
import { AssetCard } from "../parts/asset.js";
import { CopyButton } from "../parts/copy.js";
import { RunLogs } from "../parts/logs.js";
import { Toggle } from "../parts/menu.js";
import { Patch } from "../parts/patch.js";
import { EmptyDatabase, ErrorState, Loading } from "../parts/states.js";
import { ChartGrid } from "./charts.js";
import { Status, Swatch } from "./run_columns.js";
import { chosenX, useColumns } from "./shared.js";

/** @typedef {import("../core/types.js").RunAnswer} RunAnswer */
/** @typedef {import("../core/types.js").Run} Run */
/** @typedef {import("../core/types.js").Cell} Cell */

/** Charts that are shown before one asks for the rest. */
const FIRST = 6;
const FACTS = ["host", "user", "pid", "python", "platform", "cwd", "argv", "group", "parent"];

/** @param {import("../app.js").ViewProps} props */
export function RunView({ db, table, params }) {
  const { columns, reload: readColumns } = useColumns(db, table);
  const follows = Boolean(params.latest) || !params.id;
  const newest = useAnswer(follows ? "newest" : null, (signal) =>
    getJson(tablePath(db.id, table, "runs"), { sort: "started", desc: "1", limit: 1 }, signal),
  );
  const id = follows ? newest.data?.runs[0]?.track_id : params.id;
  // what is asked for may be the beginning of an id, or a name
  const answer = useAnswer(id ? `run ${id}` : null, async (signal) => ({
    asked: id,
    .../** @type {RunAnswer} */ (await getJson(tablePath(db.id, table, "run", id), {}, signal)),
  }));
  const data = answer.data?.asked === id ? answer.data : null;
  const readAnew = () => (answer.reload(), newest.reload(), readColumns());
  const noNumbers = data !== null && !data.series.length;
  useLive(noNumbers ? { db: db.id, table, after: newest.data?.token ?? "" } : null, {
    runs: readAnew,
    reset: readAnew,
  });
  if (newest.data && newest.data.total === 0)
    return html`<${EmptyDatabase} location=${db.location} table=${table} onLook=${readAnew} />`;
  if (newest.error && !id) return html`<${ErrorState} error=${newest.error} onRetry=${newest.reload} />`;
  if (answer.error && !data) return html`<${ErrorState} error=${answer.error} onRetry=${answer.reload} />`;
  if (!data) return html`<${Loading} label="Loading the run" />`;
  return html`<${RunPage}
    key=${data.record.track_id}
    db=${db}
    table=${table}
    params=${params}
    data=${data}
    columns=${columns}
    onNews=${readAnew}
  />`;
}

/**
 * @param {import("../app.js").ViewProps & {data: RunAnswer, columns: import("../core/types.js").Column[], onNews: ()
 *   => void}} props
 */
function RunPage({ db, table, params, data, columns, onNews }) {
  const [all, setAll] = useState(false);
  const [news, setNews] = useState(/** @type {Run | null} */ (null));
  const { record, series } = data;
  const id = record.track_id;
  const runs = useMemo(() => [record], [record]);
  const onChange = (/** @type {Run[]} */ changed) => setNews(changed.find((run) => run.track_id === id) ?? news);
  const run = news
    ? /** @type {RunAnswer["record"]} */ ({ ...record, status: news.status, duration: news.duration })
    : record;
  const rows = Math.max(data.rows, news?.rows ?? 0);
  const x = chosenX(params, columns, series);
  const ys = series.filter((name) => name !== x && columns.find((column) => column.name === name)?.param !== true);
  return html`<div class="page">
    <header class="run-head">
      <div class="run-title">
        <${Swatch} run=${run} />
        <h1>${runLabel(run)}</h1>
        <${Status} status=${run.status} />
        ${run.tags?.map((tag, at) => html`<span class="tag" key=${at}>${tag}</span>`)}
      </div>
      <p class="run-sub">
        <code>${run.track_id}</code>
        <${CopyButton} text=${run.track_id} label="Copy the id" />
        <span>started ${formatTime(run.started ?? run.first)} (${formatAge(run.started ?? run.first)})</span>
        ${
          run.duration !== null && run.duration !== undefined
            ? html`<span>took ${formatDuration(run.duration)}</span>`
            : null
        }
        <span>${formatCount(rows)} ${rows === 1 ? "row" : "rows"}</span>
      </p>
      <div class="run-actions">
        <${Toggle}
          label="Follow the latest run"
          on=${Boolean(params.latest)}
          onChange=${(/** @type {boolean} */ on) => go({ latest: on, id: on ? null : id })}
        />
        <button type="button" class="button" onClick=${() => go({ view: "rows", rruns: id }, { push: true })}>
          Rows
        </button>
        <button
          type="button"
          class="button"
          onClick=${() => go({ view: "charts", runs: id, latest: null }, { push: true })}
        >
          Charts
        </button>
      </div>
    </header>
    ${
      run.error_type
        ? html`<section class="failure" aria-label="Error">
          <strong>${String(run.error_type)}</strong>
          <pre>${String(run.error_message ?? "")}</pre>
        </section>`
        : null
    }
    ${run.notes ? html`<section class="card"><h2>Notes</h2><p class="prose">${run.notes}</p></section>` : null}
    ${
      ys.length
        ? html`<section class="block">
          <h2 class="offscreen">Series</h2>
          <${ChartGrid}
            db=${db}
            table=${table}
            params=${{ ...params, group: "", base: "" }}
            runs=${runs}
            ys=${all ? ys : ys.slice(0, FIRST)}
            x=${x}
            columns=${columns}
            onNews=${onNews}
            onChange=${onChange}
          />
          ${
            ys.length > FIRST && !all
              ? html`<button type="button" class="button" onClick=${() => setAll(true)}>
                ${ys.length - FIRST} more metrics
              </button>`
              : null
          }
        </section>`
        : null
    }
    <div class="cards">
      <${Pairs} title="Params" pairs=${Object.entries(run.params ?? {})} empty="No params" />
      <${Pairs}
        title="Record"
        pairs=${FACTS.filter((name) => !isEmpty(run[name])).map((name) => [name, /** @type {Cell} */ (run[name])])}
        empty="No record: the run has rows only"
      />
      ${Object.entries(/** @type {{[name: string]: any}} */ (run.facts ?? {})).map(
        ([name, facts]) => html`<${Facts} key=${name} name=${name} facts=${facts} />`,
      )}
    </div>
    <${RunLogs} db=${db.id} table=${table} id=${run.track_id} version=${`${data.rows} ${record.status}`} />
    ${
      data.assets.length
        ? html`<section class="block">
          <h2>Assets</h2>
          <div class="assets">
            ${data.assets.map(
              (asset) => html`<${AssetCard}
                key=${`${asset.column} ${asset.id}`}
                db=${db.id}
                table=${table}
                id=${asset.id}
                name=${asset.column}
                summary=${asset.summary}
                size=${asset.size}
                media=${asset.media}
              />`,
            )}
          </div>
        </section>`
        : null
    }
  </div>`;
}

/** @param {unknown} value */
function isEmpty(value) {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

/** @param {{title: string, pairs: [string, Cell][], empty: string}} props */
export function Pairs({ title, pairs, empty }) {
  return html`<section class="card">
    <h2>${title}</h2>
    ${
      pairs.length
        ? html`<dl class="pairs">
          ${pairs.map(
            ([name, value]) => html`<div key=${name}>
              <dt title=${name}>${name}</dt>
              <dd>
                ${
                  name === "argv" && Array.isArray(value)
                    ? value.join(" ")
                    : formatCell(value) || html`<span class="faint">–</span>`
                }
              </dd>
            </div>`,
          )}
        </dl>`
        : html`<p class="faint">${empty}</p>`
    }
  </section>`;
}

/** What a recorder wrote down. @param {{name: string, facts: any}} props */
function Facts({ name, facts }) {
  const isList = typeof facts === "object" && facts !== null;
  // one name above all others says nothing
  const only = isList && Object.keys(facts).length === 1 ? Object.values(facts)[0] : null;
  const entries = isList
    ? Object.entries(flatten(typeof only === "object" && only !== null && !Array.isArray(only) ? only : facts))
    : [["value", facts]];
  const patches = entries.filter(([, value]) => typeof value === "string" && value.includes("\n"));
  const pairs = entries.filter(([, value]) => !(typeof value === "string" && value.includes("\n")));
  const isLong = pairs.length > 14;
  const list = html`<dl class="pairs">
    ${pairs.map(
      ([key, value]) => html`<div key=${key}>
        <dt title=${key}>${key}</dt>
        <dd>${formatCell(value) || html`<span class="faint">–</span>`}</dd>
      </div>`,
    )}
  </dl>`;
  return html`<section class="card">
    <h2>${name}</h2>
    ${isLong ? html`<details><summary>${pairs.length} entries</summary>${list}</details>` : list}
    ${patches.map(([key, value]) => html`<h3 key=${key}>${key}</h3><${Patch} text=${value} />`)}
  </section>`;
}

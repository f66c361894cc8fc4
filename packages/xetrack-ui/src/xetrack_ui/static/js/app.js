/** The page: reads its URL, and shows the view that it names. */
import { getJson } from "./core/api.js";
import { useAnswer } from "./core/answers.js";
import { switchTheme, useTheme } from "./core/theme.js";
import { html, render, useEffect, useState } from "./core/ui.js";
import { go, useUrl } from "./core/url.js";
import { Help, useKeys } from "./parts/help.js";
import { Boundary, EmptyDatabase, ErrorState, Loading } from "./parts/states.js";
import { TopBar, VIEWS, viewsOf } from "./parts/topbar.js";
import { ChartsView } from "./views/charts.js";
import { CompareView } from "./views/compare.js";
import { PlotsView } from "./views/plots.js";
import { RowsView } from "./views/rows.js";
import { RunView } from "./views/run.js";
import { RunsView } from "./views/runs.js";
import { SqlView } from "./views/sql.js";

/** @typedef {import("./core/types.js").Database} Database */
/** @typedef {{db: Database, table: string, params: import("./core/types.js").Params}} ViewProps */

const COMPONENTS = {
  runs: RunsView,
  charts: ChartsView,
  compare: CompareView,
  run: RunView,
  rows: RowsView,
  sql: SqlView,
  plots: PlotsView,
};

function App() {
  const params = useUrl();
  useTheme(); // colours of lines are read from it
  const [help, setHelp] = useState(false);
  const answer = useAnswer(
    "databases",
    (signal) => /** @type {Promise<Database[]>} */ (getJson("/api/databases", {}, signal)),
  );
  const databases = answer.data ?? [];
  const db = databases.find(({ id }) => String(id) === params.db) ?? databases[0] ?? null;
  const table = params.table ?? (db?.tables.find(({ name }) => name === "default") ?? db?.tables[0])?.name ?? "default";
  const view = /** @type {keyof typeof COMPONENTS} */ (
    params.view && Object.hasOwn(COMPONENTS, params.view) ? params.view : "runs"
  );
  useEffect(() => {
    const title = VIEWS.find(([id]) => id === view)?.[1] ?? "";
    document.title = db ? `${title} · ${db.name} · xetrack` : "xetrack";
  }, [view, db]);
  useKeys({
    "?": () => setHelp(true),
    d: switchTheme,
    "/": () => /** @type {HTMLElement | null} */ (document.querySelector("[data-key='/']"))?.focus(),
    ...Object.fromEntries(viewsOf(db).map(([id], at) => [String(at + 1), () => go({ view: id }, { push: true })])),
  });
  const View = COMPONENTS[view];
  return html`
    <a
      class="skip"
      href="#main"
      onClick=${(/** @type {Event} */ event) => (event.preventDefault(), document.getElementById("main")?.focus())}
    >
      To the content
    </a>
    <${TopBar}
      databases=${databases}
      db=${db}
      table=${table}
      view=${view}
      onLook=${answer.reload}
      onHelp=${() => setHelp(true)}
    />
    <main id="main" tabindex="-1" class=${`main main-${view}`}>${content()}</main>
    <${Help} open=${help} onClose=${() => setHelp(false)} />
  `;

  function content() {
    if (answer.error && !answer.data) return html`<${ErrorState} error=${answer.error} onRetry=${answer.reload} />`;
    if (!db) return html`<${Loading} label="Opening" />`;
    if (db.error?.type === "DatabaseNotFoundError")
      return html`<${EmptyDatabase} location=${db.location} table=${table} onLook=${answer.reload} />`;
    if (db.error) return html`<${ErrorState} error=${db.error} onRetry=${answer.reload} />`;
    return html`<${Boundary} about=${JSON.stringify(params)}>
      <${View} key=${`${db.id} ${table}`} db=${db} table=${table} params=${params} />
    </${Boundary}>`;
  }
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${App} />`, root);

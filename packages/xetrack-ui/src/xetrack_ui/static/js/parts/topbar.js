/** The bar on top: where one is, the views, whether the page is live. */
import { html } from "../core/ui.js";
import { useConnection } from "../core/connection.js";
import { formatCount } from "../core/format.js";
import { isExport } from "../core/offline.js";
import { switchTheme, useTheme } from "../core/theme.js";
import { goToTable, urlWith, visit } from "../core/url.js";
import { Icon } from "./icons.js";
import { Menu } from "./menu.js";

/** @typedef {import("../core/types.js").Database} Database */

export const VIEWS = [
  ["runs", "Runs"],
  ["charts", "Charts"],
  ["compare", "Compare"],
  ["run", "Run"],
  ["rows", "Rows"],
  ["sql", "SQL"],
  ["plots", "Plots"],
];

const SAYS = {
  idle: "Connected",
  live: "Live",
  paused: "Paused: the page is in the background",
  failing: "The table cannot be read",
  gone: "The server is gone",
  export: "A saved page: it does not change",
};

/** The views that a database has. @param {Database | null} db */
export function viewsOf(db) {
  return VIEWS.filter(([id]) => id !== "sql" || (db?.sql && !isExport));
}

/**
 * @param {{databases: Database[], db: Database | null, table: string, view: string, onLook: () => void, onHelp: () =>
 *   void}} props  onLook: called where it is about to be seen which tables there are
 */
export function TopBar({ databases, db, table, view, onLook, onHelp }) {
  const { state: connection, error } = useConnection();
  const state = isExport ? "export" : connection;
  const theme = useTheme();
  const views = viewsOf(db);
  return html`
    <header class="bar">
      <a
        class="brand"
        aria-label="xetrack"
        href=${location.pathname}
        onClick=${(/** @type {MouseEvent} */ event) => visit(event, { view: null })}
      >
        <img src="static/icon.svg" alt="" width="20" height="20" />
        <span>xetrack</span>
      </a>
      <${TableMenu} databases=${databases} db=${db} table=${table} onLook=${onLook} />
      <nav class="tabs" aria-label="Views">
        ${views.map(
          ([id, label]) => html`<a
            key=${id}
            class="tab"
            href=${urlWith({ view: id })}
            aria-current=${id === view ? "page" : undefined}
            onClick=${(/** @type {MouseEvent} */ event) => visit(event, { view: id })}
          >
            ${label}
          </a>`,
        )}
      </nav>
      <span class=${`live live-${state}`} title=${SAYS[state]}>
        <span class="live-dot" aria-hidden="true"></span>
        <span class="live-text">
          ${state === "idle" ? "Connected" : state === "export" ? "Saved" : state[0].toUpperCase() + state.slice(1)}
        </span>
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label=${theme === "dark" ? "Switch to light" : "Switch to dark"}
        title="Light or dark (d)"
        onClick=${switchTheme}
      >
        <${Icon} name=${theme === "dark" ? "sun" : "moon"} />
      </button>
      <button type="button" class="icon-button bar-help" aria-label="Keys" title="Keys (?)" onClick=${onHelp}>?</button>
    </header>
    ${
      state === "gone"
        ? html`<div class="banner" role="alert">
          <strong>The server is gone.</strong> If it was stopped, start <code>xt ui</code> again and open the URL that
          it prints; if only the connection broke, this page goes on by itself. What it shows is what it had.
        </div>`
        : error
          ? html`<div class="banner" role="alert">
            <strong>The table cannot be read now.</strong> ${error.message} ${error.hint} The server looks again every
            two seconds. What this page shows is what it had.
          </div>`
          : null
    }
  `;
}

/** @param {{databases: Database[], db: Database | null, table: string, onLook: () => void}} props */
function TableMenu({ databases, db, table, onLook }) {
  const only = databases.length === 1 && databases[0].tables.length <= 1;
  const label = html`
    <span class="where-db">${db?.name ?? "–"}</span>
    ${
      table && table !== "default"
        ? html`<span class="where-sep" aria-hidden="true">/</span><span class="where-table">${table}</span>`
        : null
    }
  `;
  if (only) return html`<span class="where" title=${db?.location}>${label}</span>`;
  return html`<${Menu}
    kind="where button button-quiet"
    name="Choose a database and a table"
    onOpen=${onLook}
    label=${html`${label}<${Icon} name="chevron" />`}
  >
    ${(/** @type {() => void} */ close) =>
      databases.map(
        (database) => html`<section class="menu-section" key=${database.id}>
          <div class="menu-title" title=${database.location}>
            <span>${database.name}</span>
            <span class="check-note">${database.engine}</span>
          </div>
          ${database.error ? html`<p class="menu-error">${database.error.message}</p>` : null}
          ${database.tables.map(
            (item) => html`<button
              type="button"
              key=${item.name}
              class="menu-item"
              aria-current=${database === db && item.name === table ? "true" : undefined}
              onClick=${() => (goToTable(database.id, item.name), close())}
            >
              <span>${item.name}</span>
              <span class="check-note">${formatCount(item.rows)} ${item.rows === 1 ? "row" : "rows"}</span>
            </button>`,
          )}
        </section>`,
      )}
  </${Menu}>`;
}

/** The rows of a table. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { formatCell, formatCount } from "../core/format.js";
import { useLive } from "../core/live.js";
import { html, useEffect, useRef, useState } from "../core/ui.js";
import { go, joinChoice, splitList, urlWith, visit } from "../core/url.js";
import { AssetCard } from "../parts/asset.js";
import { CopyButton } from "../parts/copy.js";
import { Icon } from "../parts/icons.js";
import { CheckList, Menu } from "../parts/menu.js";
import { SearchBox } from "../parts/searchbox.js";
import { EmptyDatabase, EmptyState } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { useColumns } from "./shared.js";

/** @typedef {import("../core/types.js").Cell} Cell */
/** @typedef {import("../core/types.js").Column} Column */
/** @typedef {import("../core/types.js").RowsAnswer} RowsAnswer */

/** Characters of a cell that are in the table; a click shows all of it. */
const CLIP = 200;

/** @param {import("../app.js").ViewProps} props */
export function RowsView({ db, table, params }) {
  const { columns, reload: readColumns } = useColumns(db, table);
  const [answer, setAnswer] = useState(/** @type {RowsAnswer | null} */ (null));
  const [failure, setFailure] = useState(/** @type {any} */ (null));
  const [round, setRound] = useState(0);
  const [row, setRow] = useState(/** @type {Cell[] | null} */ (null));
  const query = {
    columns: params.columns,
    where: params.rwhere,
    runs: params.rruns,
    sort: params.rsort,
    desc: params.rdesc,
  };
  const source = JSON.stringify([query, round]);
  const [staleSource, setStale] = useState("");
  const stale = staleSource === source;
  const token = useAnswer(`token ${round}`, (signal) => getJson(tablePath(db.id, table, "runs"), { limit: 1 }, signal))
    .data?.token;
  useLive(answer && token ? { db: db.id, table, after: token } : null, {
    runs: () => setStale(source),
    reset: () => (setStale(source), readColumns()),
    resumed: () => setStale(source),
  });
  /** @param {number} offset @param {number} limit @param {AbortSignal} signal */
  async function load(offset, limit, signal) {
    try {
      const page = /** @type {RowsAnswer} */ (
        await getJson(tablePath(db.id, table, "rows"), { ...query, offset, limit }, signal)
      );
      setAnswer(page);
      setFailure(null);
      return { rows: page.rows, total: page.total };
    } catch (error) {
      if (!signal.aborted) setFailure(error);
      throw error;
    }
  }
  const shown = answer?.columns ?? [];
  const isNone = Boolean(params.columns) && !splitList(params.columns).length;
  const sort = params.rsort ? { id: params.rsort, desc: params.rdesc === "1" } : null;
  const runs = splitList(params.rruns);
  if (answer?.total === 0 && !query.where && !query.runs)
    return html`<${EmptyDatabase}
      location=${db.location}
      table=${table}
      onLook=${() => (void load(0, 1, new AbortController().signal).catch(() => {}), readColumns())}
    />`;
  return html`
    <h1 class="offscreen">Rows</h1>
    <div class="toolbar">
      <${SearchBox}
        db=${db.id}
        table=${table}
        label="Filter rows by a condition in SQL"
        value=${params.rwhere ?? ""}
        error=${params.rwhere ? failure : null}
        onChange=${(/** @type {string} */ rwhere) => go({ rwhere })}
      />
      ${
        runs.length
          ? html`<span class="chip" title=${runs.join("\n")}>
            ${runs.length === 1 ? runs[0] : `${runs.length} runs`}
            <button
              type="button"
              class="icon-button"
              aria-label="Rows of all runs"
              onClick=${() => go({ rruns: null })}
            >
              <${Icon} name="close" />
            </button>
          </span>`
          : params.runs
            ? html`<button type="button" class="button" onClick=${() => go({ rruns: params.runs })}>
              Only chosen runs
            </button>`
            : null
      }
      <${Menu} label=${html`<${Icon} name="columns" /><span>Columns</span>`} name="Choose columns">
        <${CheckList}
          title="Columns"
          chosen=${params.columns ? splitList(params.columns) : columns.map(({ name }) => name)}
          items=${columns.map(({ name, kind }) => ({ id: name, label: name, note: kind }))}
          onChange=${(/** @type {string[]} */ ids) =>
            go({ columns: ids.length === columns.length ? null : joinChoice(ids) })}
        />
      </${Menu}>
      ${
        answer && !isNone
          ? html`
            <${CopyButton} text=${answer.sql} label="Copy the SQL that gives these rows" short="SQL" />
            <${CopyButton} text=${answer.python} label="Copy the Python that gives these rows" short="Python" />
          `
          : null
      }
    </div>
    <div class="sheet">
      ${
        isNone
          ? html`<${EmptyState} title="No column is shown"><p>Choose some in the menu.</p></${EmptyState}>`
          : html`<${Table}
            label="Rows"
            columns=${shown.length ? shown.map(cellColumn) : [{ id: "wait", label: "", width: 320, render: () => "" }]}
            source=${JSON.stringify(query)}
            round=${round}
            load=${load}
            sort=${sort}
            onSort=${(/** @type {string} */ id) => go({ rsort: id, rdesc: sort?.id === id && !sort.desc ? "1" : null })}
            onOpen=${(/** @type {Cell[]} */ cells) => setRow(cells)}
            empty=${html`<${EmptyState} title="No row matches">
      <button type="button" class="button" onClick=${() => go({ rwhere: null, rruns: null })}>Show all rows</button>
    </${EmptyState}>`}
          />`
      }
    </div>
    <footer class="foot">
      <span class="foot-count">
        ${answer ? html`<strong>${formatCount(answer.total)}</strong> ${answer.total === 1 ? "row" : "rows"}` : isNone ? "" : "…"}
      </span>
      <span class="foot-actions">
        ${
          stale
            ? html`<button type="button" class="button" onClick=${() => setRound((n) => n + 1)}>
              New rows: show them
            </button>`
            : html`<span class="faint foot-hint">Enter or a click shows a whole row</span>`
        }
      </span>
    </footer>
    <${RowDialog} row=${row} columns=${shown} db=${db.id} table=${table} onClose=${() => setRow(null)} />
  `;
}

/** @param {Column} column @param {number} at */
function cellColumn(column, at) {
  const isNumber = column.kind === "number";
  return {
    id: column.name,
    label: column.name,
    title: `${column.name}: ${column.kind}`,
    sortable: true,
    align: /** @type {"left" | "right"} */ (isNumber ? "right" : "left"),
    width: Math.max(column.kind === "time" ? 168 : isNumber ? 96 : 152, Math.min(220, column.name.length * 7 + 44)),
    render: (/** @type {Cell[]} */ row) => {
      const cell = row[at];
      if (cell === null || cell === undefined) return html`<span class="faint">–</span>`;
      const text = formatCell(cell, column.kind);
      if (column.key === "track_id")
        return html`<a
          class="link"
          tabindex="-1"
          href=${urlWith({ view: "run", id: text })}
          onClick=${(/** @type {MouseEvent} */ event) => visit(event, { view: "run", id: text })}
        >
          ${text}
        </a>`;
      if (column.kind === "asset") return html`<span class="tag">asset</span>`;
      return html`<span class=${cell === "nan" || cell === "inf" || cell === "-inf" ? "odd" : ""}>
        ${text.length > CLIP ? `${text.slice(0, CLIP)}…` : text}
      </span>`;
    },
  };
}

/** @param {{row: Cell[] | null, columns: Column[], db: number, table: string, onClose: () => void}} props */
function RowDialog({ row, columns, db, table, onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (row) dialog.current?.showModal();
  }, [row]);
  return html`<dialog
    ref=${dialog}
    class="dialog drawer"
    aria-labelledby="row-title"
    onClose=${onClose}
    onClick=${(/** @type {Event} */ event) => event.target === dialog.current && dialog.current?.close()}
  >
    ${
      row
        ? html`<div class="dialog-body">
          <header class="dialog-head">
            <h2 id="row-title">Row</h2>
            <button type="button" class="icon-button" aria-label="Close" onClick=${() => dialog.current?.close()}>
              <${Icon} name="close" />
            </button>
          </header>
          <dl class="pairs pairs-long">
            ${columns.map(
              (column, at) => html`<div key=${column.name}>
                <dt>${column.name}</dt>
                <dd>
                  ${
                    row[at] === null
                      ? html`<span class="faint">–</span>`
                      : column.kind === "asset"
                        ? html`<${AssetCard} db=${db} table=${table} id=${String(row[at])} name=${column.name} />`
                        : html`<span class="cell-text">
                          ${column.kind === "number" ? String(row[at]) : formatCell(row[at], column.kind)}
                        </span>`
                  }
                </dd>
              </div>`,
            )}
          </dl>
        </div>`
        : null
    }
  </dialog>`;
}

/** A query in SQL, and its answer as a table or a chart. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { useDraft } from "../core/draft.js";
import { formatCell, formatCount } from "../core/format.js";
import { html, useRef, useState } from "../core/ui.js";
import { go } from "../core/url.js";
import { PlotPicker } from "../plots/picker.js";
import { CopyButton } from "../parts/copy.js";
import { Icon } from "../parts/icons.js";
import { Toggle } from "../parts/menu.js";
import { EmptyState, ErrorState, Loading } from "../parts/states.js";
import { Table } from "../parts/table.js";

/** @typedef {import("../core/types.js").SqlAnswer} SqlAnswer */
/** @typedef {import("../core/types.js").Cell} Cell */

const LIMIT = 10000;

/** @param {import("../app.js").ViewProps} props */
export function SqlView({ db, table, params }) {
  const sample = useAnswer("sample", (signal) => getJson(tablePath(db.id, table, "rows"), { limit: 1 }, signal));
  const first = (sample.data?.sql ?? "").replace(/\s+LIMIT\s+\d+.*$/is, "\nLIMIT 100");
  const draft = useDraft(params.sql);
  const text = (draft.isTyped ? draft.text : (params.sql ?? first)) ?? "";
  const [round, setRound] = useState(0);
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const answer = useAnswer(params.sql ? `${round} ${params.sql}` : null, async (signal) => ({
    .../** @type {SqlAnswer} */ (await getJson(`/api/db/${db.id}/sql`, { q: params.sql, limit: LIMIT }, signal)),
    source: `${round} ${params.sql}`,
  }));
  function run() {
    const sql = text.trim();
    if (sql === params.sql) setRound((n) => n + 1);
    draft.type(text); // what is run stays as it is, also when it was only suggested
    draft.sent(sql);
    go({ sql }, { push: true });
  }
  const python = pythonOf(db.location, table, text.trim());
  const { data } = answer;
  const shown = answer.error ? null : data;
  return html`
    <h1 class="offscreen">SQL</h1>
    <div class="sql-box">
      <textarea
        ref=${area}
        class="sql-text"
        aria-label="Query in SQL"
        spellcheck=${false}
        rows=${Math.max(4, Math.min(14, text.split("\n").length + 1))}
        value=${text}
        data-key="/"
        onInput=${(/** @type {any} */ event) => draft.type(event.target.value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          run();
        }}
      ></textarea>
      <div class="sql-tools">
        <button type="button" class="button button-main" disabled=${!text.trim()} onClick=${run}>
          <${Icon} name="play" />
          <span>Run</span>
        </button>
        <span class="faint sql-keys">Ctrl + Enter</span>
        <span class="toolbar-space"></span>
        <${CopyButton} text=${text} label="Copy the SQL" short="SQL" />
        <${CopyButton} text=${python} label="Copy the Python that gives the same" short="Python" />
      </div>
    </div>
    ${answer.loading && !data ? html`<${Loading} label="Running" />` : null}
    ${answer.error ? html`<${ErrorState} error=${answer.error} />` : null}
    ${
      !params.sql && !answer.error
        ? html`<${EmptyState} title="Ask the database">
          <p>One query that reads. It cannot change anything, and ends within the limits of the engine.</p>
        </${EmptyState}>`
        : null
    }
    ${
      shown
        ? html`
          <div class="toolbar sql-answer">
            <span class="foot-count">
              <strong>${formatCount(shown.rows.length)}</strong> ${shown.rows.length === 1 ? "row" : "rows"}
              ${shown.truncated ? ", the first ones" : ""}
              <span class="foot-sep">·</span>
              ${shown.seconds < 0.001 ? "< 1 ms" : `${(shown.seconds * 1000).toFixed(shown.seconds < 0.1 ? 1 : 0)} ms`}
            </span>
            <span class="toolbar-space"></span>
            <${Toggle}
              label="Chart"
              on=${Boolean(params.pc)}
              onChange=${(/** @type {boolean} */ pc) => go({ pc: pc ? "1" : null })}
            />
          </div>
          ${
            params.pc
              ? html`<${PlotPicker}
                params=${params}
                fields=${fieldsOf(shown)}
                total=${shown.rows.length}
                of="rows of the answer"
              />`
              : html`<div class="sheet">
                <${Table}
                  label="Answer"
                  columns=${shown.columns.map((name, at) => answerColumn(shown, name, at))}
                  source=${shown.source}
                  load=${async (/** @type {number} */ offset, /** @type {number} */ limit) => ({
                    rows: shown.rows.slice(offset, offset + limit),
                    total: shown.rows.length,
                  })}
                />
              </div>`
          }
        `
        : null
    }
  `;
}

/** The lines of Python that run a query. @param {string} location @param {string} table @param {string} sql */
function pythonOf(location, table, sql) {
  const named = table === "default" ? "" : `, table=${JSON.stringify(table)}`;
  const quoted = sql.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"');
  const reader = `Reader(${JSON.stringify(location)}${named})`;
  return `from xetrack import Reader\n\nframe = ${reader}.sql(\n    """${quoted}"""\n)`;
}

/** @param {SqlAnswer} answer @param {string} name @param {number} at */
function answerColumn(answer, name, at) {
  const isNumber = answer.rows.slice(0, 50).some((row) => typeof row[at] === "number");
  return {
    id: `${at}`,
    label: name,
    width: Math.max(isNumber ? 112 : 168, Math.min(260, name.length * 8 + 32)),
    align: /** @type {"left" | "right"} */ (isNumber ? "right" : "left"),
    render: (/** @type {Cell[]} */ row) =>
      row[at] === null
        ? html`<span class="faint">–</span>`
        : html`<span title=${formatCell(row[at]).slice(0, 2000)}>${formatCell(row[at]).slice(0, 200)}</span>`,
  };
}

/** @param {SqlAnswer} answer @returns {import("../plots/picker.js").Field[]} */
function fieldsOf(answer) {
  return answer.columns.map((name, at) => {
    const values = answer.rows.map((row) => row[at]);
    return { name, values, isNumber: values.some((value) => typeof value === "number") };
  });
}

/** What the logs of a run say: the records of its sinks, the latest at the end. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { formatCell, formatCount, formatTime } from "../core/format.js";
import { isExport } from "../core/offline.js";
import { html, useState } from "../core/ui.js";
import { Select } from "./menu.js";

/**
 * @typedef {{time: string, level: string, source: number, cells: {[name: string]: import("../core/types.js").Cell}}}
 *   LogRecord
 */
/**
 * @typedef {{sources: {location: string, error: string | null, records: number}[], levels: {[name: string]: number},
 *   total: number, is_cut: boolean, records: LogRecord[]}} LogsAnswer
 */

/** Records that are shown before one asks for more. */
const FIRST = 100;
const MOST = 5000;

/** @param {{db: number, table: string, id: string, version: string}} props  version: another one means to read anew */
export function RunLogs({ db, table, id, version }) {
  const [level, setLevel] = useState("");
  const [source, setSource] = useState(0);
  const [limit, setLimit] = useState(FIRST);
  const answer = useAnswer(
    isExport ? null : JSON.stringify([id, level, limit, source, version]),
    (signal) =>
      /** @type {Promise<LogsAnswer>} */ (
        getJson(tablePath(db, table, "run", id, "logs"), { levels: level, limit, source }, signal)
      ),
  );
  const { data } = answer;
  if (answer.error)
    return html`<section class="block"><h2>Logs</h2><p class="faint">${String(answer.error.message)}</p></section>`;
  if (!data?.sources.length) return null;
  const levels = Object.entries(data.levels);
  const several = data.sources.length > 1;
  const older = Math.min(data.total, MOST) - data.records.length;
  return html`<section class="block" aria-label="Logs">
    <header class="logs-head">
      <h2>Logs</h2>
      ${
        several
          ? html`<${Select}
            label="Log"
            hideLabel
            value=${String(source)}
            onChange=${(/** @type {string} */ at) => (setSource(Number(at)), setLevel(""))}
            options=${data.sources.map(({ location, records }, at) => ({
              value: String(at),
              label: `${location} (${formatCount(records)})`,
            }))}
          />`
          : null
      }
      ${
        levels.length > 1
          ? ["", ...levels.map(([name]) => name)].map(
              (name) => html`<button
                key=${name}
                type="button"
                class=${`button toggle ${level === name ? "is-on" : ""}`}
                aria-pressed=${level === name ? "true" : "false"}
                onClick=${() => setLevel(name)}
              >
                ${name || "All"} <span class="count">
                  ${formatCount(name ? data.levels[name] : levels.reduce((sum, [, count]) => sum + count, 0))}
                </span>
              </button>`,
            )
          : null
      }
      <span class="toolbar-space"></span>
      <button type="button" class="button" onClick=${answer.reload}>Read again</button>
    </header>
    ${data.sources.map(({ location, error }) =>
      error ? html`<p key=${location} class="logs-note">${location}: ${error}</p>` : null,
    )}
    ${data.is_cut ? html`<p class="logs-note">The files are long: only their ends were read.</p>` : null}
    ${
      older > 0
        ? html`<button type="button" class="button" onClick=${() => setLimit(Math.min(MOST, limit * 5))}>
          ${formatCount(older)} older
        </button>`
        : null
    }
    ${
      data.records.length
        ? html`<ol class="logs" tabindex="0" aria-label="Records">
          ${data.records.map(
            (record, at) => html`<${Line} key=${data.total - data.records.length + at} record=${record} />`,
          )}
        </ol>`
        : html`<p class="faint">No record of this run is in ${data.sources[source]?.location}.</p>`
    }
  </section>`;
}

/** @param {{record: LogRecord}} props */
function Line({ record }) {
  const cells = Object.entries(record.cells);
  const isLong = (/** @type {string} */ text) => text.length > 160 || text.includes("\n");
  const texts = cells.map(
    ([name, value]) => /** @type {[string, string]} */ ([name, typeof value === "string" ? value : formatCell(value)]),
  );
  return html`<li class="log">
    <time class="log-time" title=${record.time}>${formatTime(record.time)}</time>
    <span class="tag">${record.level}</span>
    <span class="log-cells">
      ${texts
        .filter(([, text]) => !isLong(text))
        .map(
          ([name, text]) => html`<span class="log-cell" key=${name}>
            <span class="faint">${name}</span> ${text || "–"}
          </span>`,
        )}
      ${texts
        .filter(([, text]) => isLong(text))
        .map(
          ([name, text]) => html`<details class="log-long" key=${name}>
            <summary><span class="faint">${name}</span> ${text.slice(0, 80).split("\n")[0]}…</summary>
            <pre>${text}</pre>
          </details>`,
        )}
    </span>
  </li>`;
}

/** What differs between runs. */
import { getJson, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { formatCell, formatDuration, formatNumber, formatTime, runLabel } from "../core/format.js";
import { isExport } from "../core/offline.js";
import { html, useState } from "../core/ui.js";
import { go, joinList, splitList, urlWith, visit } from "../core/url.js";
import { Icon } from "../parts/icons.js";
import { Toggle } from "../parts/menu.js";
import { EmptyState, ErrorState, Loading } from "../parts/states.js";
import { Patch } from "../parts/patch.js";
import { Status, Swatch } from "./run_columns.js";

/** @typedef {import("../core/types.js").CompareSection} CompareSection */
/** @typedef {import("../core/types.js").CompareRow} CompareRow */
/** @typedef {import("../core/types.js").Judged} Judged */
/** @typedef {import("../core/types.js").Run} Run */

const TITLES = /** @type {{[name: string]: string}} */ ({
  params: "Params",
  metrics: "Metrics",
  record: "Record",
  packages: "Packages",
  patch: "Code",
});
const MOST = 8;

/** @param {import("../app.js").ViewProps} props */
export function CompareView({ db, table, params }) {
  const chosen = splitList(params.runs);
  const newest = useAnswer(chosen.length < 2 ? "newest" : null, (signal) =>
    getJson(tablePath(db.id, table, "runs"), { sort: "started", desc: "1", limit: 2 }, signal),
  );
  const wanted = (
    chosen.length < 2 ? (newest.data?.runs ?? []).map((/** @type {Run} */ run) => run.track_id) : chosen
  ).slice(0, MOST);
  const base = params.base && wanted.includes(params.base) ? params.base : wanted[0];
  const ids = [base, ...wanted.filter((/** @type {string} */ id) => id !== base)].filter(Boolean);
  const key = ids.length > 1 ? joinList(ids) : null;
  const answer = useAnswer(key, async (signal) => {
    const [compared, runs] = await Promise.all([
      getJson(tablePath(db.id, table, "compare"), { runs: key, baseline: base }, signal),
      getJson(tablePath(db.id, table, "runs"), { ids: key, limit: MOST }, signal),
    ]);
    const byId = new Map(/** @type {Run[]} */ (runs.runs).map((run) => [run.track_id, run]));
    return {
      sections: /** @type {CompareSection[]} */ (compared.sections),
      runs: /** @type {Run[]} */ (ids.map((id) => byId.get(id)).filter(Boolean)),
    };
  });
  const verdicts = useAnswer(isExport ? null : key, async (signal) => ({
    key,
    judges: /** @type {Judged[]} */ (
      (await getJson(tablePath(db.id, table, "verdicts"), { runs: key, baseline: base }, signal)).judges
    ),
  })).data;
  const [all, setAll] = useState(false);
  if (newest.data && ids.length < 2)
    return html`<${EmptyState} title="Nothing to compare">
      <p>Two runs are needed. Log another one, or choose runs in the table.</p>
    </${EmptyState}>`;
  if (answer.failure) return html`<${ErrorState} error=${answer.failure} onRetry=${answer.reload} />`;
  if (!answer.data) return html`<${Loading} label="Comparing" />`;
  const { sections, runs } = answer.data;
  // those of other runs would stand in wrong columns
  const judged = verdicts && verdicts.key === joinList(runs.map((run) => run.track_id)) ? verdicts.judges : [];
  const some = chosen.length > MOST ? `, the first of ${chosen.length}` : "";
  return html`
    <h1 class="offscreen">Compare</h1>
    <div class="toolbar">
      <p class="toolbar-text">
        ${
          chosen.length < 2
            ? "The two newest runs. Choose others in the table of runs."
            : `${runs.length} runs${some}. Differences are to the baseline.`
        }
      </p>
      <span class="toolbar-space"></span>
      <${Toggle} label="All values" on=${all} title="Also what is equal in all runs" onChange=${setAll} />
    </div>
    <div class="scroll-x" tabindex="0" role="region" aria-label="Comparison">
      <table class="compare" style=${{ "--runs": runs.length }}>
        <caption class="offscreen">Runs side by side; the first is the baseline</caption>
        <thead>
          <tr>
            <td></td>
            ${runs.map(
              (run) => html`<${RunHead}
                key=${run.track_id}
                run=${run}
                isBase=${run === runs[0]}
                canDrop=${chosen.length > 2}
                onDrop=${() => go({ runs: joinList(chosen.filter((id) => id !== run.track_id)) })}
              />`,
            )}
          </tr>
        </thead>
        <${Verdicts} judged=${judged} width=${runs.length + 1} />
        ${sections.map(
          (section) => html`<${Section} key=${section.name} section=${section} all=${all} width=${runs.length + 1} />`,
        )}
      </table>
    </div>
  `;
}

/** @param {{run: Run, isBase: boolean, canDrop: boolean, onDrop: () => void}} props */
function RunHead({ run, isBase, canDrop, onDrop }) {
  return html`<th scope="col">
    <span class="compare-run">
      <${Swatch} run=${run} />
      <a
        class="run-link"
        href=${urlWith({ view: "run", id: run.track_id })}
        onClick=${(/** @type {MouseEvent} */ event) => visit(event, { view: "run", id: run.track_id })}
        title=${run.track_id}
      >
        ${runLabel(run)}
      </a>
      ${
        canDrop
          ? html`<button type="button" class="icon-button" aria-label=${`Leave ${runLabel(run)} out`} onClick=${onDrop}>
            <${Icon} name="close" />
          </button>`
          : null
      }
    </span>
    <span class="compare-sub">
      ${
        isBase
          ? html`<span class="tag">baseline</span>`
          : html`<button type="button" class="link" onClick=${() => go({ base: run.track_id })}>As baseline</button>`
      }
      <${Status} status=${run.status} />
    </span>
  </th>`;
}

/** @param {{section: CompareSection, all: boolean, width: number}} props */
function Section({ section, all, width }) {
  const rows = all ? section.rows : section.rows.filter((row) => row.differs);
  const equal = section.rows.length - rows.length;
  return html`<tbody>
    <tr class="compare-title">
      <th scope="rowgroup" colspan=${width}>
        <h2>${TITLES[section.name] ?? section.name}</h2>
        ${equal ? html`<span class="faint">${rows.length ? `${equal} equal` : `all ${equal} equal`}</span>` : null}
        ${section.rows.length ? null : html`<span class="faint">nothing differs</span>`}
      </th>
    </tr>
    ${rows.map((row) =>
      isLong(row)
        ? html`<${LongRow} key=${row.name} row=${row} width=${width} />`
        : html`<tr key=${row.name} class=${row.differs ? "differs" : ""}>
          <th scope="row" title=${row.name}>${row.name}</th>
          ${row.values.map(
            (value, at) => html`<td
              key=${at}
              class=${`${row.better === at ? "is-better" : ""} ${typeof value === "number" ? "number" : ""}`}
            >
              <span class="compare-value">${cellText(row.name, value)}</span>
              ${at > 0 ? html`<${Difference} name=${row.name} value=${value} base=${row.values[0]} />` : null}
              ${row.better === at ? html`<span class="better" title="the best of these by the goal">best</span>` : null}
            </td>`,
          )}
        </tr>`,
    )}
  </tbody>`;
}

/** What judges of plugins say of each run but the baseline. @param {{judged: Judged[], width: number}} props */
function Verdicts({ judged, width }) {
  if (!judged.length) return null;
  return html`<tbody>
    <tr class="compare-title"><th scope="rowgroup" colspan=${width}><h2>Verdicts</h2></th></tr>
    ${judged.map(
      ({ name, summary, verdicts }) => html`<tr key=${name}>
        <th scope="row" title=${summary}>${name}</th>
        ${verdicts.map(
          (verdict, at) => html`<td key=${at}>
            ${
              verdict
                ? html`<${VerdictCell} same=${verdict.same} text=${verdict.text} />`
                : html`<span class="faint">–</span>`
            }
          </td>`,
        )}
      </tr>`,
    )}
  </tbody>`;
}

/** @param {{same: boolean | null, text: string}} props */
function VerdictCell({ same, text }) {
  const [kind, word] = same === null ? ["open", "not known"] : same ? ["same", "same"] : ["other", "different"];
  return html`<span class=${`verdict verdict-${kind}`}>${word}</span><span class="verdict-text">${text}</span>`;
}

/** @param {CompareRow} row */
function isLong(row) {
  return row.values.some((value) => typeof value === "string" && value.includes("\n"));
}

/**
 * A patch of each run: one below the other, as it would not fit beside.
 * @param {{row: CompareRow, width: number}} props
 */
function LongRow({ row, width }) {
  return html`<tr class="differs">
    <th scope="row">${row.name}</th>
    <td colspan=${width - 1}>
      <div class="patches">
        ${row.values.map(
          (value, at) => html`<details key=${at} open=${row.values.length < 3}>
            <summary>${at === 0 ? "Baseline" : `Run ${at + 1}`}</summary>
            ${typeof value === "string" && value ? html`<${Patch} text=${value} />` : html`<p class="faint">None</p>`}
          </details>`,
        )}
      </div>
    </td>
  </tr>`;
}

/** @param {string} name @param {import("../core/types.js").Cell} value */
function cellText(name, value) {
  if (value === null || value === undefined || value === "") return html`<span class="faint">–</span>`;
  if (name === "duration" && typeof value === "number") return formatDuration(value);
  if ((name === "started" || name === "ended") && typeof value === "string") return formatTime(value);
  return typeof value === "number" && !Number.isSafeInteger(value) ? formatNumber(value, 5) : formatCell(value);
}

/** @param {{name: string, value: unknown, base: unknown}} props */
function Difference({ name, value, base }) {
  if (typeof value !== "number" || typeof base !== "number" || value === base) return null;
  const difference = value - base;
  const sign = difference > 0 ? "+" : "−";
  const size = Math.abs(difference);
  const share = Math.abs(difference / base);
  const percent = base !== 0 ? ` (${sign}${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %)` : "";
  return html`<span class="difference">
    ${sign}${name === "duration" ? formatDuration(size) : formatNumber(size, 3)}${percent}
  </span>`;
}

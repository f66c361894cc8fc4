/** The list of runs beside the charts. */
import { point, onPoint } from "../charts/sync.js";
import { runLabel } from "../core/format.js";
import { html, useEffect, useRef } from "../core/ui.js";
import { go, joinList, splitList, urlWith, visit } from "../core/url.js";
import { Swatch, Status } from "../views/run_columns.js";
import { Icon } from "./icons.js";

/** @typedef {import("../core/types.js").Run} Run */

/**
 * @param {{groups: import("../views/chart_lines.js").Groups, split: import("../views/chart_lines.js").Split | null,
 *   runs: Run[], hidden: Set<string>, params: import("../core/types.js").Params, matching: number}} props
 */
export function Legend({ groups, split, runs, hidden, params, matching }) {
  const list = useRef(/** @type {HTMLUListElement | null} */ (null));
  useEffect(
    () =>
      onPoint(({ id }) => {
        for (const item of list.current?.children ?? [])
          item.classList.toggle("is-near", item.getAttribute("data-id") === id);
      }),
    [],
  );
  const hide = (/** @type {string} */ id) => {
    const set = new Set(splitList(params.hide));
    if (!set.delete(id)) set.add(id);
    go({ hide: joinList([...set]) });
  };
  const visible = runs.length - runs.filter((run) => hidden.has(run.track_id)).length;
  return html`<aside class="legend" aria-label="Runs in the charts">
    <header class="legend-head">
      <h2>${visible}${matching > visible ? ` of ${matching}` : ""} ${matching === 1 ? "run" : "runs"}</h2>
      ${
        params.runs
          ? html`<button type="button" class="link" onClick=${() => go({ runs: null })}>Not only these</button>`
          : html`<a
            class="link"
            href=${urlWith({ view: "runs" })}
            onClick=${(/** @type {MouseEvent} */ event) => visit(event, { view: "runs" })}
          >
            Choose
          </a>`
      }
    </header>
    <ul ref=${list}>
      ${split ? [...split.groups].map(([value, group]) => groupRow(value, group)) : null}
      ${
        split?.others
          ? html`<li class="legend-note">
            ${split.others} further ${split.others === 1 ? "value has" : "values have"} no lines
          </li>`
          : null
      }
      ${
        groups.size && !split
          ? [...groups].map(([value, group]) => [
              groupRow(value, group),
              group.runs.map((run) => row(run, group.colour)),
            ])
          : runs.map((run) => row(run, split ? "var(--line-strong)" : null))
      }
    </ul>
  </aside>`;

  /** @param {string} value @param {{runs: Run[], colour: string}} group */
  function groupRow(value, group) {
    const id = `group ${value}`;
    return html`<li
      class="legend-group"
      key=${id}
      data-id=${id}
      onMouseEnter=${() => point({ id, source: "legend" })}
      onMouseLeave=${() => point({ id: null, source: "legend" })}
    >
      <span class="swatch" style=${{ "--colour": group.colour }}></span>
      <span class="clip" title=${value}>${value}</span>
      <span class="faint">${group.runs.length}</span>
    </li>`;
  }

  /** @param {Run} run @param {string | null} colour  of its group */
  function row(run, colour) {
    const id = run.track_id;
    const off = hidden.has(id);
    const label = runLabel(run);
    return html`<li
      key=${id}
      data-id=${id}
      class=${`legend-row ${off ? "is-off" : ""} ${colour ? "is-member" : ""}`}
      onMouseEnter=${() => point({ id, source: "legend" })}
      onMouseLeave=${() => point({ id: null, source: "legend" })}
    >
      <button
        type="button"
        class="legend-name"
        aria-pressed=${off ? "false" : "true"}
        title=${`${label}\n${id}`}
        aria-label=${`${label}, ${run.status}: show in the charts`}
        onClick=${() => hide(id)}
      >
        ${
          colour
            ? html`<span class="swatch swatch-thin" style=${{ "--colour": colour }}></span>`
            : html`<${Swatch} run=${run} />`
        }
        <span class="clip">${label}</span>
        ${run.status === "running" || run.status === "failed" ? html`<${Status} status=${run.status} />` : null}
      </button>
      <button
        type="button"
        class=${`icon-button ${params.base === id ? "is-on" : ""}`}
        aria-pressed=${params.base === id ? "true" : "false"}
        aria-label=${`${label} as baseline`}
        title="As baseline"
        onClick=${() => go({ base: params.base === id ? null : id })}
      >
        <${Icon} name="star" />
      </button>
    </li>`;
  }
}

/** One chart with its head, its keys and the table behind it. */
import { Chart } from "../charts/chart.js";
import { DataTable } from "../charts/datatable.js";
import { html, useEffect, useRef, useState } from "../core/ui.js";
import { Icon } from "../parts/icons.js";

/** @typedef {import("../charts/envelope.js").Line} Line */
/**
 * @typedef {object} PanelProps
 * @property {string} title
 * @property {string | null} [unit]
 * @property {string} x  the name of x
 * @property {Line[]} lines
 * @property {number} version  grows when rows were added to the lines
 * @property {boolean} smoothed
 * @property {boolean} logX
 * @property {boolean} logY
 * @property {boolean} time
 * @property {boolean} elapsed
 * @property {[number, number] | null} range
 * @property {string | null} base
 * @property {(range: [number, number] | null) => void} onRange
 * @property {() => void} [onLogY]
 * @property {() => void} [onAlone]
 * @property {boolean} [alone]
 */

const KEYS = "Arrow keys move the cursor, plus and minus zoom, 0 shows all, t shows the numbers.";

/** @param {PanelProps} props */
export function ChartPanel(props) {
  const { title, unit, x, lines, version, smoothed, logX, logY, time, elapsed, range, base, onRange } = props;
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const chart = useRef(/** @type {Chart | null} */ (null));
  const [asTable, setAsTable] = useState(false);
  const [said, say] = useState("");
  const state = { lines, smoothed, logX, logY, time, elapsed, range, base, onRange, onSay: say };
  useEffect(() => {
    if (asTable) return undefined;
    const made = new Chart(/** @type {HTMLDivElement} */ (host.current), state);
    chart.current = made;
    return () => {
      made.destroy();
      chart.current = null;
    };
  }, [asTable]);
  useEffect(
    () => chart.current?.update(state),
    [lines, version, smoothed, logX, logY, time, elapsed, range?.[0], range?.[1], base],
  );

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "t") setAsTable(!asTable);
    else if (!chart.current?.press(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  const count = `${lines.length} ${lines.length === 1 ? "line" : "lines"}`;
  return html`<section class=${`panel ${props.alone ? "is-alone" : ""}`} aria-label=${title}>
    <header class="panel-head">
      <h2 class="panel-title">${title}${unit ? html`<span class="panel-unit">${unit}</span>` : null}</h2>
      <span class="panel-actions">
        ${
          props.onLogY
            ? html`<button
              type="button"
              class=${`icon-button text-button ${logY ? "is-on" : ""}`}
              aria-pressed=${logY ? "true" : "false"}
              title="Logarithmic scale"
              onClick=${props.onLogY}
            >
              log
            </button>`
            : null
        }
        <button
          type="button"
          class=${`icon-button ${asTable ? "is-on" : ""}`}
          aria-pressed=${asTable ? "true" : "false"}
          aria-label=${`Numbers of ${title} as a table`}
          title="The numbers as a table (t)"
          onClick=${() => setAsTable(!asTable)}
        >
          <${Icon} name=${asTable ? "chart" : "table"} />
        </button>
        ${
          range
            ? html`<button
              type="button"
              class="icon-button"
              aria-label="Show all"
              title="Show all (0)"
              onClick=${() => onRange(null)}
            >
              <${Icon} name="zoomOut" />
            </button>`
            : null
        }
        ${
          props.onAlone
            ? html`<button
              type="button"
              class=${`icon-button ${props.alone ? "is-on" : ""}`}
              aria-pressed=${props.alone ? "true" : "false"}
              aria-label=${`${title} over the whole width`}
              title="Over the whole width"
              onClick=${props.onAlone}
            >
              <${Icon} name=${props.alone ? "shrink" : "grow"} />
            </button>`
            : null
        }
      </span>
    </header>
    ${
      asTable
        ? html`<div class="panel-body">
          <${DataTable} title=${title} lines=${lines} x=${x} time=${time} elapsed=${elapsed} version=${version} />
        </div>`
        : html`<div
          class="panel-body"
          role="application"
          tabindex="0"
          aria-roledescription="chart"
          aria-label=${`${title} over ${x}, ${count}. ${KEYS}`}
          onKeyDown=${onKeyDown}
        >
          <div class="plot" ref=${host}></div>
        </div>`
    }
    <footer class="panel-foot">
      <span class="panel-x">${x}</span>
      <span class="offscreen" role="status">${said}</span>
    </footer>
  </section>`;
}

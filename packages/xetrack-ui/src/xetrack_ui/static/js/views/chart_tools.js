/** The row of controls above the charts. */
import { useDraft } from "../core/draft.js";
import { isExport } from "../core/offline.js";
import { html, useEffect } from "../core/ui.js";
import { go, joinChoice } from "../core/url.js";
import { CheckList, Menu, Select, Toggle } from "../parts/menu.js";
import { FIELDS, splitOptions } from "./chart_lines.js";
import { metricsOf, xOptions } from "./shared.js";

/** @typedef {import("../core/types.js").Column} Column */

const COUNTS = [5, 10, 25, 50, 100, 200, 500];

/**
 * @param {{params: import("../core/types.js").Params, columns: Column[], x: string, ys: string[], answer:
 *   import("../core/types.js").RunsAnswer | null}} props
 */
export function ChartTools({ params, columns, x, ys, answer }) {
  const metrics = metricsOf(columns);
  const isTime = x === "timestamp";
  return html`<div class="toolbar toolbar-charts">
    <${Menu} label=${html`<span>Metrics</span><span class="count">${ys.length}</span>`} name="Choose metrics">
      <${CheckList}
        title="Metrics"
        chosen=${ys}
        items=${metrics.map(({ name, unit }) => ({ id: name, label: name, note: unit ?? "" }))}
        onChange=${(/** @type {string[]} */ chosen) => go({ y: joinChoice(chosen), alone: null })}
      />
    </${Menu}>
    <${Select}
      label="x"
      value=${x || "#"}
      onChange=${(/** @type {string} */ value) => go({ x: value, low: null, high: null })}
      options=${xOptions(columns)}
    />
    <${Toggle}
      label="log x"
      on=${Boolean(params.logx)}
      title="Logarithmic scale of x"
      onChange=${(/** @type {boolean} */ on) => go({ logx: on && !isTime })}
    />
    <${Smoothing} value=${Number(params.smooth ?? 0)} />
    <${Select}
      label="Group"
      value=${params.group ?? ""}
      onChange=${(/** @type {string} */ group) => go({ group, facet: group ? params.facet : null })}
      options=${[
        { value: "", label: "none" },
        ...[...new Set([...(answer?.params ?? []), ...FIELDS])].map((name) => ({ value: name, label: name })),
        ...(isExport ? [] : splitOptions(columns)),
      ]}
    />
    ${
      params.group
        ? html`<${Toggle}
          label="Facets"
          on=${Boolean(params.facet)}
          title="A chart for each group"
          onChange=${(/** @type {boolean} */ facet) => go({ facet })}
        />`
        : null
    }
    <span class="toolbar-space"></span>
    ${
      params.low
        ? html`<button type="button" class="button" onClick=${() => go({ low: null, high: null })}>Reset zoom</button>`
        : null
    }
    ${
      params.runs || params.latest
        ? null
        : html`<${Select}
          label="Runs"
          value=${params.show ?? "10"}
          onChange=${(/** @type {string} */ show) => go({ show: show === "10" ? null : show })}
          options=${[...new Set([...COUNTS, Number(params.show) || 10])]
            .sort((a, b) => a - b)
            .map((count) => ({ value: String(count), label: `first ${count}` }))}
        />`
    }
    <${Toggle}
      label="Latest run"
      on=${Boolean(params.latest)}
      title="Always show the latest run"
      onChange=${(/** @type {boolean} */ latest) => go({ latest })}
    />
  </div>`;
}

/** @param {{value: number}} props */
function Smoothing({ value }) {
  const { text: now, type, sent } = useDraft(value);
  useEffect(() => {
    const timer = setTimeout(() => now !== value && (sent(now), go({ smooth: now || null })), 200);
    return () => clearTimeout(timer);
  }, [now]);
  // the last steps are finer: 0.99 and 0.999 differ as much as 0 and 0.9 do
  const toSlider = (/** @type {number} */ smooth) => (smooth ? -Math.log10(1 - smooth) : 0);
  const fromSlider = (/** @type {number} */ slider) => Number((1 - 10 ** -slider).toFixed(3));
  return html`<label class="range">
    <span class="select-label">Smooth</span>
    <input
      type="range"
      min="0"
      max="3"
      step="0.05"
      value=${toSlider(now)}
      aria-valuetext=${String(now)}
      onInput=${(/** @type {any} */ event) => type(fromSlider(Number(event.target.value)))}
    />
    <output class="range-value">${now ? now : "off"}</output>
  </label>`;
}

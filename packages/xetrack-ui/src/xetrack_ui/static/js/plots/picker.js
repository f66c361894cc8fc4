/** Which plot of which fields; the same for runs, rows and the answer to a query. */
import { formatCell, formatNumber } from "../core/format.js";
import { useTheme } from "../core/theme.js";
import { html, useMemo, useState } from "../core/ui.js";
import { Toggle } from "../parts/menu.js";
import { EmptyState } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { Box } from "./box.js";
import { KINDS, chooseFields, coloursOf, countMissing, endsOf, kindOf, numbersOf, shownFields } from "./chosen.js";
import { PlotControls } from "./controls.js";
import { Histogram } from "./histogram.js";
import { Parallel } from "./parallel.js";
import { Scatter } from "./scatter.js";

/** @typedef {import("./scales.js").Field} Field */
/**
 * @typedef {object} PlotProps
 * @property {Field | null} by
 * @property {Map<string, string>} groups  colours by word of `by`
 * @property {(at: number) => string} colourOf
 * @property {string[] | null} labels
 * @property {boolean} logX
 * @property {boolean} logY
 * @property {((at: number) => void) | null} onOpen
 * @property {(text: string) => void} onSay
 */

/**
 * @param {{params: import("../core/types.js").Params, fields: Field[], total: number, of: string, lead?: any,
 *   onOpen?: ((at: number) => void) | null, labels?: string[] | null}} props
 */
export function PlotPicker({ params, fields, total, of, lead, onOpen = null, labels = null }) {
  const dark = useTheme() === "dark";
  const [asTable, setAsTable] = useState(false);
  const [said, say] = useState("");
  const kind = kindOf(params);
  const chosen = chooseFields(fields, params);
  const { x, y, by, axes } = chosen;
  const coloured = by ?? (kind === "parallel" ? y : null);
  const { groups, colourOf } = useMemo(() => coloursOf(coloured, dark), [coloured, dark]);
  if (!fields.length || !total)
    return html`<${EmptyState} title="Nothing to plot"><p>No runs or rows match.</p></${EmptyState}>`;
  const logX = Boolean(params.logx);
  const logY = Boolean(params.plogy);
  const common = { by, groups, colourOf, labels, logX, logY, onOpen, onSay: say };
  const none = countMissing(kind, chosen, common);
  return html`
    <div class="toolbar">
      ${lead ?? null}
      <${PlotControls} kind=${kind} fields=${fields} chosen=${chosen} logX=${logX} logY=${logY} />
      <span class="toolbar-space"></span>
      <${Toggle} label="Table" on=${asTable} title="The numbers as a table" onChange=${setAsTable} />
    </div>
    ${
      asTable
        ? html`<div class="sheet"><${Numbers} fields=${shownFields(kind, chosen)} labels=${labels} /></div>`
        : html`<figure class="panel plot-panel" aria-label=${KINDS[kind]}>
          ${plot()}
          <figcaption class="plot-caption">
            <span>${total} ${of}${none ? html`<span class="odd"> · ${none} without a place on these axes</span>` : null}</span>
            ${kind !== "box" && html`<${Keys} groups=${groups} field=${coloured} />`}
          </figcaption>
        </figure>`
    }
    <span class="offscreen" role="status">${said}</span>
  `;

  function plot() {
    if (kind === "parallel")
      return axes.length > 1
        ? html`<${Parallel} ...${common} fields=${axes} />`
        : html`<${EmptyState} title="Choose axes"><p>At least two are needed.</p></${EmptyState}>`;
    if (!y || !x) return html`<${EmptyState} title="Nothing to plot"><p>There are no numbers.</p></${EmptyState}>`;
    if (kind === "histogram") return html`<${Histogram} ...${common} x=${x} />`;
    return kind === "box" ? html`<${Box} ...${common} y=${y} />` : html`<${Scatter} ...${common} x=${x} y=${y} />`;
  }
}

/** What the colours mean. @param {{groups: Map<string, string>, field: Field | null}} props */
function Keys({ groups, field }) {
  if (groups.size) {
    return html`<span class="keys-row">
      ${[...groups].map(
        ([word, colour]) => html`<span class="key" key=${word}>
          <span class="swatch" style=${{ "--colour": colour }}></span>
          ${word}
        </span>`,
      )}
    </span>`;
  }
  if (!field) return null;
  const numbers = numbersOf(field);
  const [low, high] = endsOf(numbers).map((end) => formatNumber(end));
  return html`<span class="keys-row">
    ${field.name}: ${numbers.length ? html`${low}<span class="ramp" aria-hidden="true"></span>${high}` : "no numbers"}
  </span>`;
}

/** @param {{fields: Field[], labels: string[] | null}} props */
function Numbers({ fields, labels }) {
  const total = fields[0]?.values.length ?? 0;
  const columns = [
    {
      id: "label",
      label: labels ? "Run" : "Row",
      width: 240,
      render: (/** @type {number} */ at) => labels?.[at] ?? at + 1,
    },
    ...fields.map((field) => ({
      id: field.name,
      label: field.name,
      width: 152,
      align: /** @type {"left" | "right"} */ (field.isNumber ? "right" : "left"),
      render: (/** @type {number} */ at) => formatCell(field.values[at]),
    })),
  ];
  return html`<${Table}
    label="Numbers of the plot"
    columns=${columns}
    source=${`${total} ${fields.map(({ name }) => name).join()}`}
    load=${async (/** @type {number} */ offset, /** @type {number} */ limit) => ({
      total,
      rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => offset + at),
    })}
  />`;
}

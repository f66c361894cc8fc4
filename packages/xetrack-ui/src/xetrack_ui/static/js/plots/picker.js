/** Which plot of which fields; the same for runs, rows and the answer to a query. */
import { styleOfSlot } from "../core/colours.js";
import { formatCell, formatNumber } from "../core/format.js";
import { useTheme } from "../core/theme.js";
import { html, useMemo, useState } from "../core/ui.js";
import { go, joinList, splitList } from "../core/url.js";
import { CheckList, Menu, Select, Toggle } from "../parts/menu.js";
import { EmptyState } from "../parts/states.js";
import { Table } from "../parts/table.js";
import { Box } from "./box.js";
import { Histogram } from "./histogram.js";
import { Parallel } from "./parallel.js";
import { Scatter } from "./scatter.js";
import { gradient, wordOf, wordsOf } from "./scales.js";

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

const KINDS = { scatter: "Scatter", parallel: "Parallel coordinates", histogram: "Histogram", box: "Box" };
/** Words beyond which colours would not tell groups apart. */
const MOST_GROUPS = 14;

/**
 * @param {{params: import("../core/types.js").Params, fields: Field[], total: number, of: string, lead?: any, onOpen?: ((at: number) => void) | null, labels?: string[] | null}} props
 */
export function PlotPicker({ params, fields, total, of, lead, onOpen = null, labels = null }) {
  const dark = useTheme() === "dark";
  const [asTable, setAsTable] = useState(false);
  const [said, say] = useState("");
  const kind = /** @type {keyof typeof KINDS} */ (params.kind && Object.hasOwn(KINDS, params.kind) ? params.kind : "scatter");
  const varied = fields.filter((field) => new Set(field.values.slice(0, 2000).map(wordOf)).size > 1);
  const numbers = varied.filter((field) => field.isNumber);
  const find = (/** @type {string | undefined} */ name) => fields.find((field) => field.name === name) ?? null;
  const y = find(params.py) ?? numbers.find((field) => field.isMetric) ?? numbers[0] ?? fields.find((field) => field.isNumber) ?? null;
  const x = find(params.px) ?? (kind === "histogram" ? y : (numbers.find((field) => !field.isMetric && field !== y) ?? numbers.find((field) => field !== y) ?? y));
  const firstWord = varied.find((field) => !field.isNumber && wordsOf(field.values.slice(0, 2000)).length <= MOST_GROUPS) ?? null;
  const by = params.by === "-" ? null : (find(params.by) ?? (kind === "box" ? firstWord : null));
  const axes = params.axes ? fields.filter(({ name }) => splitList(params.axes).includes(name)) : [...varied.filter((field) => !field.isMetric && field.name !== "name").slice(0, 4), ...numbers.filter((field) => field.isMetric).slice(0, 3)].slice(0, 6);
  const { groups, colourOf } = useMemo(() => colours(by ?? (kind === "parallel" ? y : null), dark), [by, y, kind, dark]);
  if (!fields.length || !total) return html`<${EmptyState} title="Nothing to plot"><p>No runs or rows match.</p></${EmptyState}>`;
  const options = (/** @type {Field[]} */ list) => list.map(({ name }) => ({ value: name, label: name }));
  const isNone = (/** @type {Field | null} */ field) => field?.isNumber && field.values.filter((value) => typeof value !== "number" || !Number.isFinite(value)).length;
  const none = kind === "parallel" ? 0 : Math.max(isNone(kind === "box" || kind === "scatter" ? y : null) || 0, isNone(kind === "scatter" || kind === "histogram" ? x : null) || 0);
  const common = { by, groups, colourOf, labels, logX: Boolean(params.logx), logY: Boolean(params.plogy), onOpen, onSay: say };
  const used = kind === "parallel" ? axes : [...new Set([kind === "box" ? null : x, kind === "histogram" ? null : y, by])].filter((field) => field !== null);
  return html`<div class="toolbar">${lead ?? null}
      <${Select} label="Plot" value=${kind} onChange=${(/** @type {string} */ value) => go({ kind: value === "scatter" ? null : value })} options=${Object.entries(KINDS).map(([value, label]) => ({ value, label }))} />
      ${kind === "scatter" || kind === "histogram" ? html`<${Select} label="x" value=${x?.name ?? ""} onChange=${(/** @type {string} */ px) => go({ px })} options=${options(fields)} />` : null}
      ${kind === "scatter" || kind === "box" ? html`<${Select} label="y" value=${y?.name ?? ""} onChange=${(/** @type {string} */ py) => go({ py })} options=${options(fields.filter((field) => field.isNumber))} />` : null}
      ${kind === "parallel" ? html`<${Menu} label=${html`<span>Axes</span><span class="count">${axes.length}</span>`} name="Choose axes"><${CheckList} title="Axes" chosen=${axes.map(({ name }) => name)} items=${fields.map(({ name, isMetric }) => ({ id: name, label: name, note: isMetric ? "metric" : "" }))} onChange=${(/** @type {string[]} */ chosen) => go({ axes: joinList(chosen) })} /></${Menu}>` : null}
      <${Select} label=${kind === "box" ? "By" : "Colour"} value=${by?.name ?? "-"} onChange=${(/** @type {string} */ value) => go({ by: value })} options=${[{ value: "-", label: "none" }, ...options(kind === "box" || kind === "histogram" ? fields.filter((field) => !field.isNumber || wordsOf(field.values).length <= MOST_GROUPS) : fields)]} />
      ${kind === "scatter" && x?.isNumber ? html`<${Toggle} label="log x" on=${common.logX} onChange=${(/** @type {boolean} */ logx) => go({ logx })} />` : null}
      ${kind === "scatter" || kind === "box" ? html`<${Toggle} label="log y" on=${common.logY} onChange=${(/** @type {boolean} */ plogy) => go({ plogy })} />` : null}
      <span class="toolbar-space"></span><${Toggle} label="Table" on=${asTable} title="The numbers as a table" onChange=${setAsTable} /></div>
    ${asTable ? html`<div class="sheet"><${Numbers} fields=${used} labels=${labels} /></div>` : html`<figure class="panel plot-panel" aria-label=${KINDS[kind]}>${plot()}
      <figcaption class="plot-caption"><span>${total} ${of}${none ? html`<span class="odd"> · ${none} without a number here</span>` : null}</span>${groups.size && kind !== "box" ? html`<span class="keys-row">${[...groups].map(([word, colour]) => html`<span class="key" key=${word}><span class="swatch" style=${{ "--colour": colour }}></span>${word}</span>`)}</span>` : by?.isNumber || kind === "parallel" ? html`<span class="keys-row">${(by ?? y)?.name}: ${rangeText(by ?? y)}</span>` : null}</figcaption></figure>`}
    <span class="offscreen" role="status">${said}</span>`;

  function plot() {
    if (kind === "parallel") return axes.length > 1 ? html`<${Parallel} ...${common} fields=${axes} />` : html`<${EmptyState} title="Choose axes"><p>At least two are needed.</p></${EmptyState}>`;
    if (!y || !x) return html`<${EmptyState} title="Nothing to plot"><p>There are no numbers.</p></${EmptyState}>`;
    if (kind === "histogram") return html`<${Histogram} ...${common} x=${x} />`;
    return kind === "box" ? html`<${Box} ...${common} y=${y} />` : html`<${Scatter} ...${common} x=${x} y=${y} />`;
  }
}

/** @param {Field | null} field @param {boolean} dark @returns {{groups: Map<string, string>, colourOf: (at: number) => string}} */
function colours(field, dark) {
  const plain = styleOfSlot(0).colour;
  if (!field) return { groups: new Map(), colourOf: () => plain };
  const words = wordsOf(field.values);
  if (!field.isNumber || words.length <= 6) {
    const groups = new Map(words.slice(0, MOST_GROUPS).map((word, at) => [word, styleOfSlot(at).colour]));
    return { groups, colourOf: (at) => groups.get(wordOf(field.values[at])) ?? "#8a8a8a" };
  }
  const numbers = /** @type {number[]} */ (field.values.filter((value) => typeof value === "number" && Number.isFinite(value)));
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return { groups: new Map(), colourOf: (at) => (typeof field.values[at] === "number" ? gradient((/** @type {number} */ (field.values[at]) - low) / (high - low || 1), dark) : "#8a8a8a") };
}

/** @param {Field | null} field */
function rangeText(field) {
  const numbers = /** @type {number[]} */ ((field?.values ?? []).filter((value) => typeof value === "number" && Number.isFinite(value)));
  if (!numbers.length) return "no numbers";
  return html`${formatNumber(numbers.reduce((a, b) => Math.min(a, b)))}<span class="ramp" aria-hidden="true"></span>${formatNumber(numbers.reduce((a, b) => Math.max(a, b)))}`;
}

/** @param {{fields: Field[], labels: string[] | null}} props */
function Numbers({ fields, labels }) {
  const total = fields[0]?.values.length ?? 0;
  const columns = [{ id: "label", label: labels ? "Run" : "Row", width: 240, render: (/** @type {number} */ at) => labels?.[at] ?? at + 1 }, ...fields.map((field) => ({ id: field.name, label: field.name, width: 152, align: /** @type {"left" | "right"} */ (field.isNumber ? "right" : "left"), render: (/** @type {number} */ at) => formatCell(field.values[at]) }))];
  return html`<${Table} label="Numbers of the plot" columns=${columns} source=${`${total} ${fields.map(({ name }) => name).join()}`} load=${async (/** @type {number} */ offset, /** @type {number} */ limit) => ({ total, rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, at) => offset + at) })} />`;
}

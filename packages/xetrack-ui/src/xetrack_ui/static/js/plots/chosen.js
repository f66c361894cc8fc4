/** What of the fields is plotted, where the URL says it, or nobody does; and in which colours. */
import { styleOfSlot } from "../core/colours.js";
import { splitList } from "../core/url.js";
import { gradient, hasPlace, wordOf, wordsOf } from "./scales.js";

/** @typedef {import("./scales.js").Field} Field */
/** @typedef {{x: Field | null, y: Field | null, by: Field | null, axes: Field[]}} Chosen */

export const KINDS = { scatter: "Scatter", parallel: "Parallel coordinates", histogram: "Histogram", box: "Box" };
/** Words beyond which colours would not tell groups apart. */
export const MOST_GROUPS = 14;
/** Words up to which numbers are groups. */
const FEW = 6;
/** Values that are looked at to see whether they differ. */
const LOOKED_AT = 2000;
/** The colour of what is in no group. */
const OTHERS = "#8a8a8a";

/** @param {import("../core/types.js").Params} params @returns {keyof typeof KINDS} */
export function kindOf({ kind }) {
  return kind && Object.hasOwn(KINDS, kind) ? /** @type {keyof typeof KINDS} */ (kind) : "scatter";
}

/** @param {Field[]} fields @param {import("../core/types.js").Params} params @returns {Chosen} */
export function chooseFields(fields, params) {
  const kind = kindOf(params);
  const varied = fields.filter((field) => new Set(field.values.slice(0, LOOKED_AT).map(wordOf)).size > 1);
  const numbers = varied.filter((field) => field.isNumber);
  const named = (/** @type {string | undefined} */ name) => fields.find((field) => field.name === name);
  const firstMetric = numbers.find((field) => field.isMetric) ?? numbers[0] ?? fields.find((field) => field.isNumber);
  const y = named(params.py) ?? firstMetric ?? null;
  const others = numbers.filter((field) => field !== y);
  const firstX = kind === "histogram" ? y : (others.find((field) => !field.isMetric) ?? others[0] ?? y);
  const isGroup = (/** @type {Field} */ field) =>
    !field.isNumber && wordsOf(field.values.slice(0, LOOKED_AT)).length <= MOST_GROUPS;
  const firstBy = kind === "box" ? varied.find(isGroup) : null;
  const inputs = varied.filter((field) => !field.isMetric && field.name !== "name").slice(0, 4);
  const results = numbers.filter((field) => field.isMetric).slice(0, 3);
  const names = splitList(params.axes);
  return {
    x: named(params.px) ?? firstX,
    y,
    by: params.by === "-" ? null : (named(params.by) ?? firstBy ?? null),
    axes: params.axes ? fields.filter(({ name }) => names.includes(name)) : [...inputs, ...results].slice(0, 6),
  };
}

/** The fields that a kind of plot shows. @param {keyof typeof KINDS} kind @param {Chosen} chosen @returns {Field[]} */
export function shownFields(kind, { x, y, by, axes }) {
  if (kind === "parallel") return axes;
  const shown = [kind === "box" ? null : x, kind === "histogram" ? null : y, by];
  return [...new Set(shown)].filter((field) => field !== null);
}

/** The numbers of a field, without those that are none. @param {Field | null} field */
export function numbersOf(field) {
  return /** @type {number[]} */ ((field?.values ?? []).filter((value) => hasPlace(value, false)));
}

/**
 * How many runs or rows are not in the plot, as a value of theirs has no place on an axis.
 * @param {keyof typeof KINDS} kind
 * @param {Chosen} chosen
 * @param {{logX: boolean, logY: boolean}} logs  which axes are logarithmic
 */
export function countMissing(kind, { x, y }, { logX, logY }) {
  const [onX, onY] = [
    { field: x, log: logX && kind === "scatter" },
    { field: y, log: logY },
  ];
  const axes = { scatter: [onX, onY], histogram: [onX], box: [onY], parallel: [] }[kind];
  const length = axes[0]?.field?.values.length ?? 0;
  return Array.from({ length }, (_, at) => at).filter((at) =>
    axes.some(({ field, log }) => field?.isNumber && !hasPlace(field.values[at], log)),
  ).length;
}

/** The least and the largest of some numbers. @param {number[]} numbers @returns {[number, number]} */
export function endsOf(numbers) {
  return [numbers.reduce((a, b) => Math.min(a, b), Infinity), numbers.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/**
 * @param {Field | null} field
 * @param {boolean} dark
 * @returns {{groups: Map<string, string>, colourOf: (at: number) => string}}
 */
export function coloursOf(field, dark) {
  const plain = styleOfSlot(0).colour;
  if (!field) return { groups: new Map(), colourOf: () => plain };
  const words = wordsOf(field.values);
  if (!field.isNumber || words.length <= FEW) {
    const groups = new Map(words.slice(0, MOST_GROUPS).map((word, at) => [word, styleOfSlot(at).colour]));
    return { groups, colourOf: (at) => groups.get(wordOf(field.values[at])) ?? OTHERS };
  }
  const [low, high] = endsOf(numbersOf(field));
  const colourOf = (/** @type {number} */ at) => {
    const value = field.values[at];
    return typeof value === "number" ? gradient((value - low) / (high - low || 1), dark) : OTHERS;
  };
  return { groups: new Map(), colourOf };
}

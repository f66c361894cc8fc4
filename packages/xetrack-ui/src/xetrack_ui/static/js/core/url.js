/** The state of the page is the query of its URL, so that a link shows what its sender saw. */
import { useEffect, useState } from "./ui.js";

/** @typedef {import("./types.js").Params} Params */

/** @type {Set<() => void>} */
const listeners = new Set();

/** What is about one view only, and is dropped when another database or table is chosen. */
const OF_TABLE = [
  "where",
  "q",
  "status",
  "sort",
  "desc",
  "runs",
  "base",
  "pin",
  "hide",
  "cols",
  "id",
  "y",
  "x",
  "group",
  "facet",
  "low",
  "high",
  "columns",
  "rsort",
  "rdesc",
  "rwhere",
  "px",
  "py",
  "by",
  "pc",
  "latest",
  "logy",
  "logx",
  "rruns",
  "alone",
  "axes",
  "plogy",
  "sql",
];

/**
 * The query where the address may not be changed: in the frame of a notebook, in some saved pages.
 * @type {string | null}
 */
let aside = null;

function query() {
  return aside ?? location.search;
}

/** @returns {Params} */
function readUrl() {
  return Object.fromEntries(new URLSearchParams(query()));
}

let current = readUrl();

function announce() {
  current = readUrl();
  for (const listener of [...listeners]) listener();
}

/**
 * Change parts of the state. An empty value takes the part out of the URL.
 * @param {{[name: string]: string | number | boolean | null | undefined}} changes
 * @param {{push?: boolean}} [options] push: make an entry in the history, for what one would go back from.
 */
export function go(changes, { push = false } = {}) {
  const url = urlWith(changes);
  if (url === location.pathname + query()) return;
  try {
    if (push) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  } catch {
    aside = url.slice(location.pathname.length);
  }
  announce();
}

/** @param {{[name: string]: string | number | boolean | null | undefined}} changes */
export function urlWith(changes) {
  const search = new URLSearchParams(query());
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "" || value === false) search.delete(name);
    else search.set(name, value === true ? "1" : String(value));
  }
  const text = search.toString();
  return location.pathname + (text ? `?${text}` : "");
}

/**
 * A click on a link: within the page, but with a key as browsers have it.
 * @param {MouseEvent} event
 * @param {{[name: string]: string | null}} changes
 */
export function visit(event, changes) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(changes, { push: true });
}

/**
 * @param {string | number} db
 * @param {string} table
 */
export function goToTable(db, table) {
  go({ ...Object.fromEntries(OF_TABLE.map((name) => [name, null])), db, table }, { push: true });
}

/** @returns {Params} */
export function useUrl() {
  const [params, setParams] = useState(current);
  useEffect(() => {
    const listen = () => setParams(current);
    listeners.add(listen);
    listen();
    return () => void listeners.delete(listen);
  }, []);
  return params;
}

/** A choice of nothing, where no choice at all means what is shown at first. */
const NOTHING = ",";

/**
 * The items of what `joinList` made, or somebody typed: no other percent sign means anything.
 * @param {string | undefined} text
 */
export function splitList(text) {
  return text && text !== NOTHING
    ? text.split(",").map((item) => item.replace(/%(?:25|2c)/gi, decodeURIComponent))
    : [];
}

/** @param {string[]} items */
export function joinList(items) {
  return items.map((item) => item.replace(/[,%]/g, encodeURIComponent)).join(",");
}

/** A list that stays in the URL where it is empty. @param {string[]} items */
export function joinChoice(items) {
  return joinList(items) || NOTHING;
}

addEventListener("popstate", announce);

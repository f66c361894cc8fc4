/** Questions to the server. An exported page has no server: its answers are in the page itself. */
import { heldAnswer, isExport } from "./offline.js";
import { joinList } from "./url.js";
import { noteAnswer, setConnection } from "./connection.js";

/** An answer of the server that is an error, with its facts and what to do next. */
export class ApiError extends Error {
  /**
   * @param {string} type
   * @param {string} message
   * @param {string} hint
   * @param {number} status
   */
  constructor(type, message, hint, status) {
    super(message);
    this.type = type;
    this.hint = hint;
    this.status = status;
  }
}

/** @typedef {{[name: string]: string | number | boolean | string[] | null | undefined}} Query */

/**
 * Write a path and its parameters as a URL. What is null, undefined or empty is left out.
 * @param {string} path
 * @param {Query} [query]
 */
export function makeUrl(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    if (Array.isArray(value)) search.set(name, joinList(value));
    else search.set(name, typeof value === "boolean" ? (value ? "1" : "0") : String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * @param {number | string} db
 * @param {string} table
 * @param {...string} rest
 */
export function tablePath(db, table, ...rest) {
  return ["/api/db", db, ...[table, ...rest].map(encodeURIComponent)].join("/");
}

/**
 * @param {Response} response
 * @returns {Promise<ApiError>}
 */
async function readError(response) {
  const hints = { 401: "Open the URL that xt ui printed.", 403: "Open the URL that xt ui printed." };
  const hint = hints[/** @type {401} */ (response.status)] ?? "";
  try {
    const { error } = await response.json();
    return new ApiError(error.type, error.message, error.hint || hint, response.status);
  } catch {
    return new ApiError("ServerError", `The server answered ${response.status}.`, hint, response.status);
  }
}

/**
 * @param {string} path
 * @param {Query} [query]
 * @param {AbortSignal} [signal]
 */
async function ask(path, query, signal) {
  let response;
  try {
    response = await fetch(makeUrl(path, query), { signal, credentials: "same-origin" });
  } catch (error) {
    if (signal?.aborted) throw error;
    setConnection("gone");
    throw new ApiError(
      "ServerGone",
      "The server does not answer.",
      "If it was stopped, start xt ui again and open the URL that it prints.",
      0,
    );
  }
  noteAnswer();
  if (!response.ok) throw await readError(response);
  return response;
}

/**
 * @param {string} path
 * @param {Query} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function getJson(path, query, signal) {
  if (isExport) return heldAnswer(path, query ?? {});
  return (await ask(path, query, signal)).json();
}

/**
 * @param {string} path
 * @param {Query} [query]
 * @param {AbortSignal} [signal]
 * @returns {Promise<ArrayBuffer[]>} One buffer; of an export one for each metric.
 */
export async function getBuffers(path, query, signal) {
  if (isExport) return heldAnswer(path, query ?? {});
  return [await (await ask(path, query, signal)).arrayBuffer()];
}

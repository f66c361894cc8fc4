/** News of a table, as they happen: one stream, closed while nobody looks. */
import { useEffect, useRef } from "./ui.js";
import { makeUrl } from "./api.js";
import { setConnection } from "./connection.js";
import { isExport } from "./offline.js";

/** @typedef {import("./types.js").Run} Run */
/** @typedef {import("./types.js").NewRows} NewRows */
/**
 * @typedef {object} LiveQuestion
 * @property {number} db
 * @property {string} table
 * @property {string[]} [runs]
 * @property {string[]} [columns]  of which new rows are wanted
 * @property {string[]} [figures]  metrics whose figures are wanted of runs that have changed
 * @property {string | null} [x]
 * @property {string} after  the token of the answer that is shown
 */
/**
 * @typedef {object} LiveHandlers
 * @property {(runs: {[id: string]: NewRows}) => void} [rows]
 * @property {(changed: Run[]) => void} [runs]
 * @property {() => void} [reset]
 * @property {() => void} [resumed]  the stream was closed for a while: rows and runs that changed since come by it,
 *   but not that a process is gone
 */

/** The longest pause before the page looks again for a server that is gone, in ms. */
const PATIENCE = 8000;

/**
 * @param {LiveQuestion} question
 * @param {() => LiveHandlers} handlers
 * @returns {() => void} what ends it
 */
export function openLive(question, handlers) {
  let token = question.after;
  let pause = 500;
  let isAgain = false;
  /** @type {EventSource | null} */
  let source = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  /** @param {"rows" | "runs" | "reset"} name @param {(data: any) => void} tell */
  function on(name, tell) {
    source?.addEventListener(name, (event) => {
      const data = JSON.parse(event.data);
      token = data.token ?? token;
      setConnection("live");
      tell(data);
    });
  }

  function open() {
    close();
    if (document.hidden) {
      setConnection("paused");
      return;
    }
    source = new EventSource(makeUrl("/api/events", { ...question, after: token }));
    source.onopen = () => {
      pause = 500;
      setConnection("live");
      if (isAgain) handlers().resumed?.();
      isAgain = true;
    };
    source.onerror = () => {
      close();
      setConnection("gone");
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, PATIENCE);
    };
    source.addEventListener("failure", (event) => setConnection("failing", JSON.parse(event.data).error));
    on("rows", (data) => handlers().rows?.(data.runs));
    on("runs", (data) => handlers().runs?.(data.changed));
    on("reset", () => handlers().reset?.());
  }

  document.addEventListener("visibilitychange", open);
  addEventListener("pagehide", close);
  open();
  return () => {
    document.removeEventListener("visibilitychange", open);
    removeEventListener("pagehide", close);
    close();
    setConnection("idle");
  };
}

/**
 * @param {LiveQuestion | null} question  null: no stream
 * @param {LiveHandlers} handlers
 */
export function useLive(question, handlers) {
  const latest = useRef(handlers);
  latest.current = handlers;
  const key = question && !isExport ? JSON.stringify(question) : null;
  useEffect(() => {
    if (key === null) return undefined;
    return openLive(JSON.parse(key), () => latest.current);
  }, [key]);
}

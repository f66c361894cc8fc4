/** Whether the server is there: one small store that the bar and the banner read. */
import { useEffect, useState } from "./ui.js";

/** @typedef {"idle" | "live" | "paused" | "gone" | "export"} Connection */

/** @type {Connection} */
let state = "idle";
/** @type {Set<(state: Connection) => void>} */
const listeners = new Set();

/** @param {Connection} next */
export function setConnection(next) {
  if (next === state) return;
  state = next;
  for (const listener of [...listeners]) listener(state);
}

/** The server has answered: if it was gone, it is back. */
export function noteAnswer() {
  if (state === "gone") setConnection("idle");
}

/** @returns {Connection} */
export function useConnection() {
  const [value, setValue] = useState(state);
  useEffect(() => {
    const listen = (/** @type {Connection} */ next) => setValue(next);
    listeners.add(listen);
    listen(state);
    return () => void listeners.delete(listen);
  }, []);
  return value;
}

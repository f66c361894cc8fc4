/** Whether the server is there, and can read the table: one small store that the bar and the banner read. */
import { useEffect, useState } from "./ui.js";

/**
 * @typedef {object} Connection
 * @property {"idle" | "live" | "paused" | "failing" | "gone" | "export"} state
 * @property {{message: string, hint: string} | null} error  why the table cannot be read, where that is the state
 */

/** @type {Connection} */
let current = { state: "idle", error: null };
/** @type {Set<(connection: Connection) => void>} */
const listeners = new Set();

/** @param {Connection["state"]} state @param {Connection["error"]} [error] */
export function setConnection(state, error = null) {
  if (state === current.state && error === current.error) return;
  current = { state, error };
  for (const listener of [...listeners]) listener(current);
}

/** The server has answered: if it was gone, it is back. */
export function noteAnswer() {
  if (current.state === "gone") setConnection("idle");
}

/** @returns {Connection} */
export function useConnection() {
  const [value, setValue] = useState(current);
  useEffect(() => {
    const listen = (/** @type {Connection} */ next) => setValue(next);
    listeners.add(listen);
    listen(current);
    return () => void listeners.delete(listen);
  }, []);
  return value;
}

/** Answers as the state of a component. */
import { useEffect, useRef, useState } from "./ui.js";
import { setConnection } from "./connection.js";

/**
 * @template T
 * @typedef {object} Answer
 * @property {T | null} data  the last answer; it stays while the next is on its way, so that nothing jumps
 * @property {any} error
 * @property {boolean} loading
 * @property {() => void} reload
 */

/**
 * Ask whenever `key` changes.
 * @template T
 * @param {string | null} key  null: ask nothing
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @returns {Answer<T>}
 */
export function useAnswer(key, load) {
  const [state, setState] = useState(/** @type {{data: T | null, error: any, key: string | null}} */ ({ data: null, error: null, key: null }));
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const wanted = key === null ? null : `${round} ${key}`;
  useEffect(() => {
    if (wanted === null) return undefined;
    const controller = new AbortController();
    loader.current(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) setState({ data, error: null, key: wanted });
      },
      (error) => {
        if (!controller.signal.aborted) setState((last) => ({ data: last.data, error, key: wanted }));
      },
    );
    return () => controller.abort();
  }, [wanted]);
  useEffect(() => {
    if (state.error?.type !== "ServerGone") return undefined;
    const timer = setTimeout(() => setRound((n) => n + 1), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  useEffect(() => {
    if (state.error?.type !== "ServerGone" && state.key) setConnection("idle");
  }, [state.error === null]);
  return { data: state.data, error: state.error, loading: wanted !== null && state.key !== wanted, reload: () => setRound((n) => n + 1) };
}

/**
 * A value that follows another one only when that has been still for a moment. The first one that is not null counts at once.
 * @template T
 * @param {T | null} value
 * @param {number} delay in ms
 * @returns {T | null}
 */
export function useSettled(value, delay) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (settled === null) {
      setSettled(value);
      return undefined;
    }
    const timer = setTimeout(() => setSettled(value), delay);
    return () => clearTimeout(timer);
  }, [value]);
  return settled ?? value;
}

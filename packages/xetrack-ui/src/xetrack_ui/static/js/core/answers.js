/** Answers as the state of a component. */
import { useEffect, useRef, useState } from "./ui.js";

/**
 * @template T
 * @typedef {object} Answer
 * @property {T | null} data  the last answer; it stays while the next is on its way, so that nothing jumps
 * @property {any} error  of the question that is asked now
 * @property {any} failure  an error in whose place nothing can be shown: what is there answers another question
 * @property {boolean} loading
 * @property {() => void} reload
 */

/** Pause before a server that is gone is asked again, in ms. */
const PAUSE = 2000;

/**
 * Call a function again and again, while somebody looks.
 * @param {boolean} isOn
 * @param {() => void} call
 * @param {number} [pause] in ms
 */
export function useRepeated(isOn, call, pause = PAUSE) {
  const latest = useRef(call);
  latest.current = call;
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => document.hidden || latest.current(), pause);
    return () => clearInterval(timer);
  }, [isOn, pause]);
}

/**
 * Ask whenever `key` changes.
 * @template T
 * @param {string | null} key  null: ask nothing, and have no answer
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @returns {Answer<T>}
 */
export function useAnswer(key, load) {
  /**
   * @typedef {{data: T | null, of: string | null, error: any, key: string | null, round: number}} State  of: the key
   *   of `data`
   */
  const [state, setState] = useState(/** @type {State} */ ({ data: null, of: null, error: null, key: null, round: 0 }));
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const reload = () => setRound((n) => n + 1);
  useEffect(() => {
    if (key === null) return undefined;
    const controller = new AbortController();
    const tell = (/** @type {Partial<State>} */ change) => {
      if (!controller.signal.aborted) setState((last) => ({ ...last, error: null, ...change, key, round }));
    };
    loader.current(controller.signal).then(
      (data) => tell({ data, of: key }),
      (error) => tell({ error }),
    );
    return () => controller.abort();
  }, [key, round]);
  const data = key === null ? null : state.data;
  const error = key !== null && state.key === key ? state.error : null;
  const isGone = error?.type === "ServerGone";
  useRepeated(isGone, reload);
  const failure = data === null || (state.of !== key && !isGone) ? error : null;
  return { data, error, failure, loading: key !== null && (state.key !== key || state.round !== round), reload };
}

/**
 * A number that is another one whenever a value is another object.
 * @param {unknown} value
 */
export function useVersion(value) {
  const known = useRef({ value, version: 0 });
  if (known.current.value !== value) known.current = { value, version: known.current.version + 1 };
  return known.current.version;
}

/**
 * A value that follows another one only when that has been still for a moment. The first one that is not null counts
 *   at once.
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

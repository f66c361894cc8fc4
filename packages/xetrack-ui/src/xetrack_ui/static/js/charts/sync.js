/** What all charts of a page share while the pointer moves: the x under it, and the line next to it. */

/** @typedef {{x: number | null, id: string | null, source: unknown}} Pointed */

/** @type {Pointed} */
let pointed = { x: null, id: null, source: null };
/** @type {Set<(pointed: Pointed) => void>} */
const listeners = new Set();

/** @param {Partial<Pointed>} change */
export function point(change) {
  const next = { ...pointed, ...change };
  if (next.x === pointed.x && next.id === pointed.id) return;
  pointed = next;
  for (const listener of [...listeners]) listener(pointed);
}

/**
 * @param {(pointed: Pointed) => void} listener
 * @returns {() => void} what ends it
 */
export function onPoint(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function pointedId() {
  return pointed.id;
}

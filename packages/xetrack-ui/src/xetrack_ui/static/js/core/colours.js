/** Colours of Okabe and Ito, with dashes: which a run has depends on the run alone. */
import { theme } from "./theme.js";

const LIGHT = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#3b9bd3", "#5a5a5a"];
const DARK = ["#56b4e9", "#f0803c", "#2fc59a", "#e39cc4", "#e69f00", "#f0e442", "#b4b4b4"];
const DASHES = [[], [12, 4], [4, 3], [14, 4, 4, 4]];

/** @typedef {{colour: string, dash: number[], slot: number}} Style */

/** @param {string} text */
function hash(text) {
  let value = 2166136261;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 16777619);
  return value >>> 0;
}

/**
 * @param {number} slot
 * @returns {Style}
 */
export function styleOfSlot(slot) {
  const palette = theme() === "dark" ? DARK : LIGHT;
  return {
    slot,
    colour: palette[slot % palette.length],
    dash: DASHES[Math.floor(slot / palette.length) % DASHES.length],
  };
}

/**
 * @param {{track_id: string, number?: number}} run
 * @returns {Style}
 */
export function styleOfRun(run) {
  return styleOfSlot(run.number ?? hash(run.track_id) % (LIGHT.length * DASHES.length));
}

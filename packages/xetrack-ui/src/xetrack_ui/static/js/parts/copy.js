/** A button that copies a text. */
import { html, useEffect, useState } from "../core/ui.js";
import { Icon } from "./icons.js";

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // not allowed, or a page from a file: the old way
  }
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "offscreen";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  focused?.focus();
}

/** @param {{text: string, label: string, short?: string}} props */
export function CopyButton({ text, label, short }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [done]);
  return html`<button
    type="button"
    class="button button-quiet"
    title=${label}
    aria-label=${short ? undefined : label}
    onClick=${() => copy(text).then(() => setDone(true))}
  >
    <${Icon} name=${done ? "check" : "copy"} />
    ${short ? html`<span>${short}</span>` : null}
    <span class="offscreen" role="status">${done ? "Copied" : ""}</span>
  </button>`;
}

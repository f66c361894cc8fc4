/** Keys that work everywhere, and the list of all keys. */
import { html, useEffect, useRef } from "../core/ui.js";
import { Icon } from "./icons.js";

const KEYS = [
  [
    "Anywhere",
    [
      ["1 … 7", "go to a view"],
      ["/", "to the filter"],
      ["d", "light or dark"],
      ["?", "this list"],
      ["Esc", "close, or leave a field"],
    ],
  ],
  [
    "Tables",
    [
      ["↑ ↓ PgUp PgDn Home End", "move"],
      ["Enter", "open the row"],
      ["Space", "choose the run"],
      ["h", "hide the run from charts"],
      ["p", "pin the run on top"],
    ],
  ],
  [
    "Charts",
    [
      ["← →", "move the cursor; with Shift ten times as far"],
      ["+ −", "zoom in and out"],
      ["0", "show all"],
      ["t", "the numbers as a table"],
      ["drag", "zoom to a part; a double click shows all"],
    ],
  ],
];

/** @param {{open: boolean, onClose: () => void}} props */
export function Help({ open, onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return html`<dialog
    ref=${dialog}
    class="dialog"
    aria-labelledby="help-title"
    onClose=${onClose}
    onClick=${(/** @type {Event} */ event) => event.target === dialog.current && onClose()}
  >
    <div class="dialog-body">
      <header class="dialog-head">
        <h2 id="help-title">Keys</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${onClose}>
          <${Icon} name="close" />
        </button>
      </header>
      <div class="keys">
        ${KEYS.map(
          ([title, keys]) => html`<section key=${title}>
            <h3>${title}</h3>
            <dl>
              ${
                /** @type {string[][]} */ (keys).map(
                  ([key, what]) => html`<div key=${key}>
                    <dt>${key.split(" ").map((part) => (part === "…" ? " … " : html`<kbd>${part}</kbd>`))}</dt>
                    <dd>${what}</dd>
                  </div>`,
                )
              }
            </dl>
          </section>`,
        )}
      </div>
    </div>
  </dialog>`;
}

/**
 * @param {{[key: string]: () => void}} keys
 */
export function useKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (/** @type {KeyboardEvent} */ event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (target.matches?.("input:not([type=checkbox]):not([type=range]), textarea, select")) {
        if (event.key === "Escape") target.blur();
        return;
      }
      if (document.querySelector("dialog[open]") && event.key !== "?") return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

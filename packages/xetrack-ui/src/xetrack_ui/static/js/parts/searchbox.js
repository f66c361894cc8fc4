/** The box for a SQL condition. It completes columns, words and values, which the server knows. */
import { html, useEffect, useRef, useState } from "../core/ui.js";
import { getJson, tablePath } from "../core/api.js";
import { useDraft } from "../core/draft.js";
import { isExport } from "../core/offline.js";
import { Icon } from "./icons.js";

/** @typedef {{text: string, kind: string}} Completion */

/**
 * What stands before the cursor and is completed: a word, or a value that was begun.
 * @param {string} text
 * @param {number} at
 */
export function wordBefore(text, at) {
  return /("[^"]*|'[^']*|[\w.]*)$/.exec(text.slice(0, at))?.[0] ?? "";
}

/**
 * @param {{db: number, table: string, value: string, onChange: (where: string) => void, error?: any, placeholder?:
 *   string, label: string}} props
 */
export function SearchBox({ db, table, value, onChange, error, placeholder, label }) {
  const { text, type, sent } = useDraft(value);
  const [items, setItems] = useState(/** @type {Completion[]} */ ([]));
  const [active, setActive] = useState(-1);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const asked = useRef(0);
  useEffect(() => () => void (asked.current += 1), []);

  /** @param {string} next @param {number} at */
  async function complete(next, at) {
    const number = (asked.current += 1);
    try {
      const answer = /** @type {Completion[]} */ (await getJson(tablePath(db, table, "complete"), { text: next, at }));
      if (asked.current !== number) return;
      setItems(answer.slice(0, 12));
      setActive(-1);
    } catch {
      setItems([]); // a condition can be typed without help
    }
  }

  /** Also what is on its way does not open the list again. */
  function closeList() {
    asked.current += 1;
    setItems([]);
  }

  /** @param {Completion} item */
  function accept(item) {
    const element = /** @type {HTMLInputElement} */ (input.current);
    const at = element.selectionStart ?? text.length;
    const start = at - wordBefore(text, at).length;
    const next = `${text.slice(0, start)}${item.text} ${text.slice(at).trimStart()}`;
    const position = start + item.text.length + 1;
    element.value = next; // at once: the next key may come before the component is drawn
    element.focus();
    element.setSelectionRange(position, position);
    type(next);
    closeList();
  }

  /** @param {string} where */
  function send(where) {
    sent(where);
    onChange(where);
  }

  function submit() {
    closeList();
    send(text.trim());
  }

  function clear() {
    type("");
    send("");
    input.current?.focus();
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.key === "ArrowDown" && !items.length) void complete(text, input.current?.selectionStart ?? text.length);
    else if (event.key === "ArrowDown") setActive((active + 1) % items.length);
    else if (event.key === "ArrowUp" && items.length) setActive((active - 1 + items.length) % items.length);
    else if (event.key === "Tab" && items.length && !event.shiftKey) accept(items[Math.max(0, active)]);
    else if (event.key === "Enter") active >= 0 && items[active] ? accept(items[active]) : submit();
    else if (event.key === "Escape" && items.length) closeList();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  if (isExport) return null;
  return html`<div class=${`search ${error ? "is-wrong" : ""}`}>
    <${Icon} name="filter" />
    <span class="search-where" aria-hidden="true">WHERE</span>
    <input
      ref=${input}
      class="search-input"
      type="text"
      role="combobox"
      spellcheck=${false}
      autocomplete="off"
      aria-label=${label}
      aria-expanded=${items.length ? "true" : "false"}
      aria-controls="completions"
      aria-autocomplete="list"
      aria-activedescendant=${active >= 0 ? `completion-${active}` : undefined}
      aria-invalid=${error ? "true" : undefined}
      placeholder=${placeholder ?? "loss < 0.5 AND optimizer = 'adam'"}
      value=${text}
      data-key="/"
      onInput=${(/** @type {any} */ event) => (
        type(event.target.value),
        complete(event.target.value, event.target.selectionStart)
      )}
      onBlur=${closeList}
      onKeyDown=${onKeyDown}
    />
    ${
      text
        ? html`<button type="button" class="icon-button" aria-label="Clear the condition" onClick=${clear}>
          <${Icon} name="close" />
        </button>`
        : null
    }
    ${text.trim() !== value ? html`<span class="search-hint">Enter</span>` : null}
    <ul id="completions" class="completions" role="listbox" aria-label="Completions" hidden=${!items.length}>
      ${items.map(
        (item, at) => html`<li
          key=${at}
          id=${`completion-${at}`}
          role="option"
          aria-selected=${at === active ? "true" : "false"}
          onMouseDown=${(/** @type {Event} */ event) => (event.preventDefault(), accept(item))}
        >
          <span>${item.text}</span>
          <span class="completion-kind">${item.kind}</span>
        </li>`,
      )}
    </ul>
  </div>`;
}

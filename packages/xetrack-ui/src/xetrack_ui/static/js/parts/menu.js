/** A button that opens a small panel below it. Escape, and a click elsewhere, close it. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../core/ui.js";
import { Icon } from "./icons.js";

/**
 * @param {{label: any, name?: string, kind?: string, children?: any, disabled?: boolean, onOpen?: () => void}} props
 *   name: of the panel
 */
export function Menu({ label, name, kind = "button", children, disabled, onOpen }) {
  const [open, setOpen] = useState(false);
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const panel = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    if (!open) return undefined;
    const away = (/** @type {Event} */ event) => {
      if (!root.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
    };
  }, [open]);
  useLayoutEffect(() => {
    if (!open || !panel.current || !root.current) return undefined;
    const place = () => {
      const { style, offsetWidth, offsetHeight } = /** @type {HTMLDivElement} */ (panel.current);
      const button = /** @type {HTMLDivElement} */ (root.current).getBoundingClientRect();
      const below = button.bottom + 4 + offsetHeight <= innerHeight || button.top < offsetHeight;
      style.setProperty("left", `${Math.max(8, Math.min(button.left, innerWidth - offsetWidth - 8))}px`);
      style.setProperty("top", `${below ? button.bottom + 4 : button.top - offsetHeight - 4}px`);
    };
    place();
    /** @type {HTMLElement | null} */ (panel.current.querySelector("input, button, select, a"))?.focus({
      preventScroll: true,
    });
    addEventListener("resize", place);
    addEventListener("scroll", place, true);
    return () => {
      removeEventListener("resize", place);
      removeEventListener("scroll", place, true);
    };
  }, [open]);

  function close() {
    setOpen(false);
    /** @type {HTMLElement | null | undefined} */ (root.current?.querySelector("button"))?.focus();
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.key === "Escape" && open) {
      close();
      event.stopPropagation();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = /** @type {HTMLElement[]} */ ([
      ...(panel.current?.querySelectorAll("input, button, select, a") ?? []),
    ]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (at < 0 || items[at].tagName === "SELECT") return;
    items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length].focus();
    event.preventDefault();
  }

  return html`<div class="menu" ref=${root} onKeyDown=${onKeyDown}>
    <button
      type="button"
      class=${kind}
      aria-haspopup="dialog"
      aria-expanded=${open ? "true" : "false"}
      title=${name}
      disabled=${disabled}
      onClick=${() => (open || onOpen?.(), setOpen(!open))}
    >
      ${label}
    </button>
    ${
      open
        ? html`<div
          class="menu-panel"
          ref=${panel}
          role="dialog"
          aria-label=${name ?? (typeof label === "string" ? label : "Menu")}
        >
          ${typeof children === "function" ? children(close) : children}
        </div>`
        : null
    }
  </div>`;
}

/**
 * A list of boxes to tick, with a search where it is long.
 * @param {{items: {id: string, label: string, note?: string}[], chosen: string[], onChange: (chosen: string[]) =>
 *   void, title: string}} props
 */
export function CheckList({ items, chosen, onChange, title }) {
  const [text, setText] = useState("");
  const wanted = items.filter((item) => item.label.toLowerCase().includes(text.toLowerCase()));
  const set = new Set(chosen);
  const toggle = (/** @type {string} */ id) =>
    onChange(items.filter((item) => (item.id === id) !== set.has(item.id)).map((item) => item.id));
  return html`<div class="check-list">
    <div class="menu-title">
      <span>${title}</span>
      <span class="menu-links">
        <button type="button" class="link" onClick=${() => onChange(items.map((item) => item.id))}>All</button>
        <button type="button" class="link" onClick=${() => onChange([])}>None</button>
      </span>
    </div>
    ${
      items.length > 8
        ? html`<input
          type="search"
          class="input"
          placeholder="Search"
          aria-label=${`Search ${title}`}
          value=${text}
          onInput=${(/** @type {any} */ event) => setText(event.target.value)}
        />`
        : null
    }
    <div class="check-items">
      ${wanted.map(
        (item) => html`<label class="check" key=${item.id}>
          <input type="checkbox" checked=${set.has(item.id)} onChange=${() => toggle(item.id)} />
          <span class="check-label">${item.label}</span>
          ${item.note ? html`<span class="check-note">${item.note}</span>` : null}
        </label>`,
      )}
    </div>
  </div>`;
}

/**
 * @param {{label: string, value: string, options: {value: string, label: string}[], onChange: (value: string) =>
 *   void, hideLabel?: boolean}} props
 */
export function Select({ label, value, options, onChange, hideLabel }) {
  return html`<label class="select">
    <span class=${hideLabel ? "offscreen" : "select-label"}>${label}</span>
    <span class="select-box">
      <select value=${value} onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>
        ${options.map(
          (option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>
            ${option.label}
          </option>`,
        )}
      </select>
      <${Icon} name="chevron" />
    </span>
  </label>`;
}

/** @param {{label: string, on: boolean, onChange: (on: boolean) => void, title?: string}} props */
export function Toggle({ label, on, onChange, title }) {
  return html`<button
    type="button"
    class=${`button toggle ${on ? "is-on" : ""}`}
    aria-pressed=${on ? "true" : "false"}
    title=${title}
    onClick=${() => onChange(!on)}
  >
    ${label}
  </button>`;
}

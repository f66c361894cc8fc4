/** What stands where there is nothing else: loading, empty, an error, a server that is gone. */
import { useRepeated } from "../core/answers.js";
import { Component, html, useEffect, useState } from "../core/ui.js";
import { CopyButton } from "./copy.js";

/** Shown after a moment only: what comes at once should not flicker. @param {{label?: string}} props */
export function Loading({ label = "Loading" }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return html`<div class="state" role="status">
    ${slow ? html`<span class="spinner" aria-hidden="true"></span><p>${label}…</p>` : null}
  </div>`;
}

/** @param {{error: any, onRetry?: () => void}} props */
export function ErrorState({ error, onRetry }) {
  return html`<div class="state state-error" role="alert">
    <h2>${errorTitle(error.type)}</h2>
    <p class="state-text">${error.message}</p>
    ${error.hint ? html`<p class="state-hint">${error.hint}</p>` : null}
    ${onRetry ? html`<button type="button" class="button" onClick=${onRetry}>Try again</button>` : null}
  </div>`;
}

/**
 * Shows an error in the place of a view that cannot be drawn, until something else is asked for: the bar stays.
 * @augments {Component<{about: string, children?: any}, {error: Error | null}>}
 */
export class Boundary extends Component {
  state = { error: /** @type {Error | null} */ (null) };

  /** @param {Error} error */
  static getDerivedStateFromError(error) {
    return { error };
  }

  /** @param {Error} error */
  componentDidCatch(error) {
    console.error(error);
  }

  /** @param {{about: string}} before */
  componentDidUpdate(before) {
    if (this.state.error && before.about !== this.props.about) this.setState({ error: null });
  }

  render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    const shown = {
      type: "PageError",
      message: `This view cannot be drawn: ${error.message}`,
      hint: "It is a mistake of the page: please report it with its address. The other views may still do.",
    };
    return html`<${ErrorState} error=${shown} onRetry=${() => this.setState({ error: null })} />`;
  }
}

/** `ColumnNotFoundError` as words. @param {string | undefined} type */
function errorTitle(type) {
  const words = (type ?? "Error")
    .replace(/Error$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  const title = words.includes(" ") ? words : `${words} error`.trim();
  return title[0].toUpperCase() + title.slice(1);
}

/** @param {{title: string, children?: any}} props */
export function EmptyState({ title, children }) {
  return html`<div class="state"><h2>${title}</h2>${children}</div>`;
}

/**
 * @param {{location: string, table: string, onLook: () => void}} props  onLook: called to see whether there are rows
 *   now
 */
export function EmptyDatabase({ location, table, onLook }) {
  useRepeated(true, onLook);
  const extra = table && table !== "default" ? `, table=${JSON.stringify(table)}` : "";
  const code = [
    "from xetrack import Tracker",
    "",
    `with Tracker(${JSON.stringify(location)}${extra}, params={"lr": 0.1}) as tracker:`,
    "    for step in range(100):",
    "        loss = 1 / (1 + step)",
    '        tracker.log({"step": step, "loss": loss})',
  ].join("\n");
  return html`<div class="state state-wide">
    <h2>No rows yet</h2>
    <p>Run these five lines. The rows show here as they are logged.</p>
    <div class="code-box"><pre><code>${code}</code></pre><${CopyButton} text=${code} label="Copy the lines" /></div>
  </div>`;
}

/** A patch, its lines coloured by what they do. */
import { html, useState } from "../core/ui.js";

/** Lines that are shown at once. */
const FIRST = 400;

/** @param {string} line */
function kindOf(line) {
  if (line.startsWith("+++") || line.startsWith("---") || line.startsWith("diff ") || line.startsWith("index "))
    return "head";
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : "same";
}

/** @param {{text: string}} props */
export function Patch({ text }) {
  const [all, setAll] = useState(false);
  const lines = text.replace(/\n$/, "").split("\n");
  const shown = all ? lines : lines.slice(0, FIRST);
  return html`
    <pre class="patch" tabindex="0" role="region" aria-label="Patch">
      ${shown.map((line, at) => html`<span key=${at} class=${`patch-${kindOf(line)}`}>${line}${"\n"}</span>`)}
    </pre>
    ${
      lines.length > shown.length
        ? html`<button type="button" class="link" onClick=${() => setAll(true)}>
          ${lines.length - shown.length} more lines
        </button>`
        : null
    }
  `;
}

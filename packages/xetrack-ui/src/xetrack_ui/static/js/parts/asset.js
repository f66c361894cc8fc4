/** An object that a row names: shown where that is safe, else to download. */
import { getJson, makeUrl, tablePath } from "../core/api.js";
import { useAnswer } from "../core/answers.js";
import { formatCell, formatCount, formatSize } from "../core/format.js";
import { fromBase64, held, isExport } from "../core/offline.js";
import { html, useEffect, useState } from "../core/ui.js";
import { Icon } from "./icons.js";

/** Cells of a table that are shown. */
const ROWS = 200;

/** Where the bytes are: with the server, or in the page. @param {string} path @param {boolean} wanted */
function useContent(path, wanted) {
  const [made, setMade] = useState("");
  useEffect(() => {
    if (!isExport || !wanted) return undefined;
    try {
      const { base64, type } = held(path);
      const url = URL.createObjectURL(new Blob([fromBase64(base64)], { type }));
      setMade(url);
      return () => (setMade(""), URL.revokeObjectURL(url));
    } catch {
      return undefined; // left out of the page, as it was too large
    }
  }, [path, wanted]);
  return isExport ? made : makeUrl(path);
}

/**
 * @param {{db: number, table: string, id: string, name: string, summary?: string, size?: number, media?: string}}
 *   props
 */
export function AssetCard({ db, table, id, name, summary, size, media }) {
  const path = tablePath(db, table, "asset", id);
  const answer = useAnswer(path, (signal) => getJson(path, {}, signal));
  const kind = answer.data?.media ?? media ?? "other";
  const url = useContent(`${path}/content`, true);
  return html`<article class="asset" aria-label=${name}>
    <header class="asset-head">
      <h3 title=${name}>${name}</h3>
      ${
        url
          ? html`<a class="icon-button" href=${url} download=${name} aria-label=${`Download ${name}`} title="Download">
            <${Icon} name="download" />
          </a>`
          : null
      }
    </header>
    <div class="asset-body">
      ${answer.error ? html`<p class="faint">${answer.error.message}</p>` : shown(kind, url, answer.data, name)}
    </div>
    <p class="asset-foot">
      ${answer.data?.summary ?? summary ?? ""}
      ${size ? html`<span class="faint"> · ${formatSize(size)}</span>` : null}
    </p>
  </article>`;
}

/** @param {string} kind @param {string} url @param {any} data @param {string} name */
function shown(kind, url, data, name) {
  if (kind === "image" && url) return html`<img src=${url} alt=${name} loading="lazy" />`;
  if (kind === "audio" && url) return html`<audio controls src=${url} preload="metadata" aria-label=${name}></audio>`;
  if (kind === "text" && data?.text !== undefined)
    return html`<pre class="text" tabindex="0" role="region" aria-label=${`Text of ${name}`}>${data.text}</pre>`;
  if (kind === "array")
    return html`<p class="shape">
      ${(data?.shape ?? []).map((/** @type {number} */ part) => formatCount(part)).join(" × ") || "a single number"}
    </p>`;
  if (kind === "table" && data?.table) {
    const { columns, rows } = data.table;
    return html`<div class="scroll-both" tabindex="0" role="region" aria-label=${`Table ${name}`}>
      <table class="small">
        <thead>
          <tr>
            ${columns.map(
              (/** @type {string} */ column, /** @type {number} */ at) => html`<th
                scope="col"
                key=${at}
                class=${typeof rows[0]?.[at] === "number" ? "number" : ""}
              >
                ${column}
              </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, ROWS).map(
            (/** @type {unknown[]} */ row, /** @type {number} */ at) => html`<tr key=${at}>
              ${row.map(
                (cell, index) =>
                  html`<td key=${index} class=${typeof cell === "number" ? "number" : ""}>${formatCell(cell)}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
      ${rows.length > ROWS ? html`<p class="faint">The first ${ROWS} of ${rows.length} rows</p>` : null}
    </div>`;
  }
  return html`<p class="shape faint">${kind === "other" ? "Not shown: download it" : ""}</p>`;
}

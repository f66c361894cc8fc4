/** The row of controls above a plot: its kind, and which fields it shows. */
import { html } from "../core/ui.js";
import { go, joinChoice } from "../core/url.js";
import { CheckList, Menu, Select, Toggle } from "../parts/menu.js";
import { KINDS, MOST_GROUPS } from "./chosen.js";
import { wordsOf } from "./scales.js";

/** @typedef {import("./scales.js").Field} Field */

/** @param {Field[]} list */
function optionsOf(list) {
  return list.map(({ name }) => ({ value: name, label: name }));
}

/**
 * @param {{kind: keyof typeof KINDS, fields: Field[], chosen: import("./chosen.js").Chosen, logX: boolean,
 *   logY: boolean}} props
 */
export function PlotControls({ kind, fields, chosen: { x, y, by, axes }, logX, logY }) {
  const hasX = kind === "scatter" || kind === "histogram";
  const hasY = kind === "scatter" || kind === "box";
  const isFew = (/** @type {Field} */ field) => !field.isNumber || wordsOf(field.values).length <= MOST_GROUPS;
  const groups = kind === "box" || kind === "histogram" ? fields.filter(isFew) : fields;
  return html`
    <${Select}
      label="Plot"
      value=${kind}
      onChange=${(/** @type {string} */ value) => go({ kind: value === "scatter" ? null : value })}
      options=${Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
    />
    ${
      hasX
        ? html`<${Select}
          label="x"
          value=${x?.name ?? ""}
          onChange=${(/** @type {string} */ px) => go({ px })}
          options=${optionsOf(fields)}
        />`
        : null
    }
    ${
      hasY
        ? html`<${Select}
          label="y"
          value=${y?.name ?? ""}
          onChange=${(/** @type {string} */ py) => go({ py })}
          options=${optionsOf(fields.filter((field) => field.isNumber))}
        />`
        : null
    }
    ${
      kind === "parallel"
        ? html`<${Menu} label=${html`<span>Axes</span><span class="count">${axes.length}</span>`} name="Choose axes">
          <${CheckList}
            title="Axes"
            chosen=${axes.map(({ name }) => name)}
            items=${fields.map(({ name, isMetric }) => ({ id: name, label: name, note: isMetric ? "metric" : "" }))}
            onChange=${(/** @type {string[]} */ chosen) => go({ axes: joinChoice(chosen) })}
          />
        </${Menu}>`
        : null
    }
    <${Select}
      label=${kind === "box" ? "By" : "Colour"}
      value=${by?.name ?? "-"}
      onChange=${(/** @type {string} */ value) => go({ by: value })}
      options=${[{ value: "-", label: "none" }, ...optionsOf(groups)]}
    />
    ${
      kind === "scatter" && x?.isNumber
        ? html`<${Toggle} label="log x" on=${logX} onChange=${(/** @type {boolean} */ logx) => go({ logx })} />`
        : null
    }
    ${
      hasY
        ? html`<${Toggle} label="log y" on=${logY} onChange=${(/** @type {boolean} */ plogy) => go({ plogy })} />`
        : null
    }
  `;
}

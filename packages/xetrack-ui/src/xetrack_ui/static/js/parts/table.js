/** A table of any length: only the rows in sight are in the page, and only their pages are asked for. */
import { useRepeated } from "../core/answers.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../core/ui.js";
import { ErrorState } from "./states.js";

/**
 * @template Row
 * @typedef {object} TableColumn
 * @property {string} id
 * @property {any} label
 * @property {number} width
 * @property {"left" | "right" | "center"} [align]
 * @property {string} [title]
 * @property {boolean} [sortable]
 * @property {any} [menu]  what stands beside the label
 * @property {(row: Row, index: number) => any} render
 */
/**
 * @template Row
 * @typedef {object} TableProps
 * @property {string} label
 * @property {TableColumn<Row>[]} columns
 * @property {string} source  changes when other rows are wanted: then the table begins at its top
 * @property {string | number} [round]  changes when the same rows are to be read anew
 * @property {(offset: number, limit: number, signal: AbortSignal) => Promise<{rows: Row[], total: number}>} load
 * @property {(row: Row) => string} [rowClass]
 * @property {(row: Row) => boolean} [isSelected]
 * @property {Row[]} [pinned]
 * @property {{id: string, desc: boolean} | null} [sort]
 * @property {(id: string) => void} [onSort]
 * @property {(row: Row, index: number) => void} [onOpen]
 * @property {(event: KeyboardEvent, row: Row) => boolean} [onKey]
 * @property {any} [empty]
 */

export const ROW = 36;
const PAGE = 100;
/** Browsers stop at about 33 million pixels: a longer table moves by more than a row for each row's height. */
const TALLEST = 15_000_000;
let tables = 0;

/** @template Row @param {TableProps<Row>} props */
export function Table(props) {
  const { columns, source, round = 0, label, pinned = [] } = props;
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [name] = useState(() => `table-${(tables += 1)}`);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [chosen, setActive] = useState(0);
  const { rowAt, total, error, again, want, retry } = usePages(`${source}\n${round}`, props.load);

  const pins = pinned.length;
  const count = total ?? 12;
  const active = Math.max(0, Math.min(chosen, count - 1));
  const room = Math.max(ROW, view.height - ROW * (1 + pins));
  const inView = Math.ceil(room / ROW);
  const tall = Math.min(count * ROW, TALLEST);
  const ratio = count * ROW > TALLEST ? (count * ROW - room) / (TALLEST - room) : 1;
  const first = Math.max(0, Math.min(Math.floor((view.top * ratio) / ROW), Math.max(0, count - inView)));
  const from = Math.max(0, first - 8);
  const to = Math.min(count, first + inView + 8);

  useLayoutEffect(() => {
    const element = /** @type {HTMLDivElement} */ (scroller.current);
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  useEffect(() => want(from, total === null ? PAGE : to), [from, to, source, round, again, total]);
  useEffect(() => {
    setActive(0);
    scroller.current?.scrollTo({ top: 0 });
  }, [source]);

  /** @param {number} index */
  function activate(index) {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    const element = /** @type {HTMLDivElement} */ (scroller.current);
    const top = (next * ROW) / ratio;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + room) element.scrollTop = top + ROW - room;
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = /** @type {{[key: string]: number}} */ ({
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + inView - 1,
      PageUp: active - inView + 1,
      Home: 0,
      End: count - 1,
    });
    const row = rowAt(active);
    if (event.key in moves) activate(moves[event.key]);
    else if (event.key === "Enter" && row) props.onOpen?.(row, active);
    else if (!row || !props.onKey?.(event, row)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  const widths = columns.map((column) => `${column.width}px`).join(" ");
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const cells = (/** @type {Row} */ row, /** @type {number} */ index) =>
    columns.map(
      (column, at) => html`<div role="gridcell" key=${column.id} class=${cellClass(column, at)}>
        ${column.render(row, index)}
      </div>`,
    );
  const rows = [];
  for (let index = from; index < to; index += 1) {
    const row = rowAt(index);
    const selected = row !== null && (props.isSelected?.(row) ?? false);
    const kind = row ? (props.rowClass?.(row) ?? "") : "is-loading";
    rows.push(html`<div
      role="row"
      key=${index}
      id=${`${name}-${index}`}
      aria-rowindex=${index + 2 + pins}
      aria-selected=${selected ? "true" : "false"}
      class=${`tr ${index === active ? "is-active" : ""} ${selected ? "is-selected" : ""} ${kind}`}
      style=${{ top: `${ratio === 1 ? index * ROW : view.top + (index - first) * ROW}px` }}
      onClick=${(/** @type {MouseEvent} */ event) =>
        clickRow(event, () => (setActive(index), row && props.onOpen?.(row, index)))}
    >
      ${
        row
          ? cells(row, index)
          : columns.map(
              (column, at) => html`<div role="gridcell" class=${cellClass(column, at)} key=${column.id}>
                <span class="bone"></span>
              </div>`,
            )
      }
    </div>`);
  }
  return html`<div
    class="table"
    ref=${scroller}
    role="grid"
    tabindex="0"
    aria-label=${label}
    aria-rowcount=${count + 1 + pins}
    aria-colcount=${columns.length}
    aria-busy=${total === null ? "true" : "false"}
    aria-multiselectable=${props.isSelected ? "true" : undefined}
    aria-activedescendant=${active >= from && active < to ? `${name}-${active}` : undefined}
    style=${{ "--cols": widths, "--width": `${width}px` }}
    onScroll=${(/** @type {{currentTarget: HTMLDivElement}} */ { currentTarget }) =>
      setView({ top: currentTarget.scrollTop, height: currentTarget.clientHeight })}
    onKeyDown=${onKeyDown}
  >
    <div class="thead" role="rowgroup">
      <div class="tr" role="row" aria-rowindex="1">
        ${columns.map((column, at) => html`<${Head} key=${column.id} column=${column} at=${at} ...${props} />`)}
      </div>
      ${pinned.map(
        (row, index) => html`<div
          class="tr is-pinned"
          role="row"
          key=${index}
          aria-rowindex=${index + 2}
          onClick=${(/** @type {MouseEvent} */ event) => clickRow(event, () => props.onOpen?.(row, -1))}
        >
          ${cells(row, -1)}
        </div>`,
      )}
    </div>
    ${
      error && total === null
        ? html`<div class="table-state"><${ErrorState} error=${error} onRetry=${retry} /></div>`
        : null
    }
    ${total === 0 ? html`<div class="table-state">${props.empty ?? "No rows."}</div>` : null}
    <div class="tbody" role="rowgroup" style=${{ height: `${tall}px` }}>${error && total === null ? null : rows}</div>
  </div>`;
}

/** @param {TableColumn<any>} column @param {number} at */
function cellClass(column, at) {
  return `td td-${column.align ?? "left"} ${at === 0 ? "is-first" : ""}`;
}

/** A click on a button or a link in a row is not one on the row. @param {MouseEvent} event @param {() => void} open */
function clickRow(event, open) {
  if (!(/** @type {HTMLElement} */ (event.target).closest("a, button, input, label")) && !getSelection()?.toString())
    open();
}

/**
 * @param {{column: TableColumn<any>, at: number, sort?: {id: string, desc: boolean} | null, onSort?: (id: string) =>
 *   void}} props
 */
function Head({ column, at, sort, onSort }) {
  const sorted = sort?.id === column.id;
  const direction = sorted ? (sort.desc ? "descending" : "ascending") : "none";
  return html`<div
    role="columnheader"
    class=${`${cellClass(column, at)} th`}
    aria-sort=${column.sortable ? direction : undefined}
    title=${column.title ?? (typeof column.label === "string" ? column.label : undefined)}
  >
    ${
      column.sortable && onSort
        ? html`<button type="button" class=${`th-sort ${sorted ? "is-sorted" : ""}`} onClick=${() => onSort(column.id)}>
          <span class="th-label">${column.label}</span>
          <span class="th-arrow" aria-hidden="true">${sorted ? (sort.desc ? "↓" : "↑") : ""}</span>
        </button>`
        : html`<span class="th-label">${column.label}</span>`
    }
    ${column.menu ?? null}
  </div>`;
}

/**
 * Pages of rows, as they are asked for. Those of the source before stand until the new ones are there.
 * @template Row
 * @param {string} source
 * @param {TableProps<Row>["load"]} load
 */
function usePages(source, load) {
  const store = useRef({
    source: "",
    pages: /** @type {Map<number, Row[] | null>} */ (new Map()),
    old: /** @type {Map<number, Row[] | null>} */ (new Map()),
    controller: new AbortController(),
    timer: 0,
  });
  const [total, setTotal] = useState(/** @type {number | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [, redraw] = useState(0);
  const [again, setAgain] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const state = store.current;
  if (state.source !== source) {
    state.controller.abort();
    if ([...state.pages.values()].some(Boolean)) state.old = state.pages;
    Object.assign(state, { source, pages: new Map(), controller: new AbortController() });
  }
  useEffect(
    () => () => {
      clearTimeout(state.timer);
      state.controller.abort();
    },
    [],
  );
  const retry = () => setAgain((n) => n + 1);
  useRepeated(error?.type === "ServerGone", retry);

  /** @param {number} number */
  function fetchPage(number) {
    const { controller, pages } = state;
    pages.set(number, null);
    loader.current(number * PAGE, PAGE, controller.signal).then(
      (answer) => {
        if (controller.signal.aborted) return;
        pages.set(number, answer.rows);
        state.old = new Map();
        setError(null);
        setTotal(answer.total);
        redraw((n) => n + 1);
      },
      (failure) => {
        if (controller.signal.aborted) return;
        pages.delete(number);
        state.old = new Map();
        setError(failure);
        if (number === 0) setTotal(null);
      },
    );
  }

  return {
    total,
    error,
    again,
    retry,
    rowAt: (/** @type {number} */ index) =>
      (state.pages.get(Math.floor(index / PAGE)) ?? state.old.get(Math.floor(index / PAGE)))?.[index % PAGE] ?? null,
    want: (/** @type {number} */ from, /** @type {number} */ to) => {
      clearTimeout(state.timer);
      const ask = () => {
        for (let number = Math.floor(from / PAGE); number <= Math.floor(Math.max(from, to - 1) / PAGE); number += 1)
          if (!state.pages.has(number)) fetchPage(number);
      };
      // of pages that fly by nobody needs the rows
      if (state.pages.size) state.timer = setTimeout(ask, 60);
      else ask();
    },
  };
}

/** Icons of one family: 16 pixels, lines of 1.5. */
import { html } from "../core/ui.js";

const PATHS = {
  check: "M3 8.5l3.2 3L13 4.5",
  chevron: "M4.5 6.5L8 10l3.5-3.5",
  close: "M4 4l8 8M12 4l-8 8",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  download: "M8 2.5v7M5 7l3 3 3-3M2.5 13h11",
  eye: "M1.5 8C3 5 5.3 3.5 8 3.5S13 5 14.5 8C13 11 10.7 12.5 8 12.5S3 11 1.5 8zM8 6a2 2 0 100 4 2 2 0 000-4z",
  eyeOff:
    "M2 2l12 12M6 3.8A6.6 6.6 0 018 3.5c2.7 0 5 1.5 6.5 4.5-.6 1.1-1.3 2-2.1 2.7" +
    "M9.5 12.3a6.6 6.6 0 01-1.5.2c-2.7 0-5-1.5-6.5-4.5.7-1.4 1.6-2.5 2.7-3.2",
  filter: "M2 3.5h12L9.5 9v4l-3-1.5V9z",
  grow: "M9.5 2.5h4v4M13.5 2.5l-4.5 4.5M6.5 13.5h-4v-4M2.5 13.5l4.5-4.5",
  moon: "M13 9.5A5.5 5.5 0 016.5 3a5.5 5.5 0 106.5 6.5z",
  pin: "M6 2.5h4l-.5 4.5 2 2v1h-7v-1l2-2zM8 10v4",
  play: "M5 3l8 5-8 5z",
  shrink: "M13 7H9V3M9 7l4.5-4.5M3 9h4v4M7 9l-4.5 4.5",
  star: "M8 2l1.8 3.8 4.2.5-3.1 2.9.8 4.1L8 11.3 4.3 13.3l.8-4.1L2 6.3l4.2-.5z",
  sun:
    "M8 5a3 3 0 100 6 3 3 0 000-6zM8 1.5v1.5M8 13v1.5M1.5 8h1.5M13 8h1.5" +
    "M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1",
  table: "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.8h11M6.5 6.5V13",
  chart: "M2.5 2.5v11h11M5 10l3-3.5 2 2L13.5 5",
  zoomOut: "M7 2.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9zM10.3 10.3L14 14M5 7h4",
};

/** @param {{name: keyof typeof PATHS}} props */
export function Icon({ name }) {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    <path d=${PATHS[name]} />
  </svg>`;
}

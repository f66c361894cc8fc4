/** Light or dark: as the system has it, until the reader says otherwise. */
import { useEffect, useState } from "./ui.js";

const KEY = "xetrack-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {string | null} */
function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a page from a file, or with storage switched off
  }
}

let choice = stored();

/** @returns {"light" | "dark"} */
export function theme() {
  if (choice === "light" || choice === "dark") return choice;
  return system.matches ? "dark" : "light";
}

function apply() {
  document.documentElement.dataset.theme = theme();
  for (const listener of [...listeners]) listener();
}

export function switchTheme() {
  choice = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // then it lasts until the page is closed
  }
  apply();
}

/** @returns {"light" | "dark"} */
export function useTheme() {
  const [value, setValue] = useState(theme());
  useEffect(() => {
    const listen = () => setValue(theme());
    listeners.add(listen);
    return () => void listeners.delete(listen);
  }, []);
  return value;
}

system.addEventListener("change", apply);
apply();

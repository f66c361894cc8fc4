/** What is typed into a box whose value is in the URL. */
import { useRef, useState } from "./ui.js";

/**
 * The text of a box: what was typed, else the value. A value from elsewhere, as by the browser's
 * "back", replaces what was typed. One that the box sent itself does not: by the time it comes
 * back, more may have been typed.
 * @template T
 * @param {T} value
 * @returns {{text: T, isTyped: boolean, type: (text: T) => void, sent: (value: T) => void}} sent: tell of a value
 *   before it is sent.
 */
export function useDraft(value) {
  const [typed, setTyped] = useState(/** @type {{text: T} | null} */ (null));
  const known = useRef(value);
  const isNew = known.current !== value;
  if (isNew) {
    known.current = value;
    if (typed) setTyped(null);
  }
  const draft = isNew ? null : typed;
  return {
    text: draft ? draft.text : value,
    isTyped: draft !== null,
    type: (text) => setTyped({ text }),
    sent: (next) => void (known.current = next),
  };
}

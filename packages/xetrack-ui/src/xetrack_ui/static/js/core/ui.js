/** What components are made of: the one place that names the vendored library. */
export {
  h,
  html,
  render,
  Component,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../../vendor/htm-preact.js";

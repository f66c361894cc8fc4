/** What the page takes from `htm/preact/standalone.module.js`, which ships no types for one file. */
export type Node = { readonly type: unknown; readonly props: unknown } | null;
type Update<S> = (next: S | ((before: S) => S)) => void;
export function h(type: unknown, props: unknown, ...children: unknown[]): Node;
export function html(parts: TemplateStringsArray, ...values: unknown[]): Node;
export function render(node: Node, parent: Element): void;
export class Component<P, S> {
  readonly props: P;
  state: S;
  setState(change: Partial<S>): void;
}
export function useState<S>(first: S | (() => S)): [S, Update<S>];
export function useReducer<S, A>(reduce: (state: S, action: A) => S, first: S): [S, (action: A) => void];
export function useEffect(effect: () => void | (() => void) | undefined, inputs?: readonly unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void) | undefined, inputs?: readonly unknown[]): void;
export function useRef<T>(first: T): { current: T };
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T;
export function useCallback<F>(call: F, inputs: readonly unknown[]): F;

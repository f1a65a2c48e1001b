import { legible } from './text.ts';

export type Child = Node | string | undefined | readonly Child[];

/** Attributes by name; `undefined` leaves one out. `key` is not an attribute: it names the element among its siblings for `morph`. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const keys = new WeakMap<Node, string>();

/** Builds an element. Strings become text nodes, so that no text of a model, a tool or a file can ever become markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    if (name === 'key') keys.set(element, String(value));
    else element.setAttribute(name, legible(String(value)));
  }
  append(element, children);
  return element;
}

/** What `morph` recognises a node by among its siblings: its kind and its key. */
export function identity(node: Node): string {
  return `${node.nodeName} ${keys.get(node) ?? ''}`;
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    if (typeof child === 'string') element.append(legible(child));
    else if (child instanceof Node) element.append(child);
    else append(element, child);
  }
}

/** Sets a custom property or another style through CSSOM, which a content security policy without inline styles allows. */
export function styled<T extends HTMLElement>(element: T, name: string, value: string): T {
  element.style.setProperty(name, value);
  return element;
}

import { identity } from './dom.ts';

/** Not carried as attributes: whether a part is folded belongs to the person, and a style goes through CSSOM. */
const apart = new Set(['open', 'style']);

/**
 * Makes the children of `live` like `fresh` with as few changes as possible, so that focus, selection, scroll position and opened details survive.
 * They are matched by tag and key, those without a key by tag and order; a button has its message for a key. `fresh` is used up.
 */
export function morphChildren(live: Element, fresh: readonly Node[]): void {
  const pool = byKey(live.childNodes);
  const wanted = fresh.map((node) => reuse(pool.get(identity(node))?.shift(), node));
  for (const rest of pool.values()) for (const node of rest) node.remove();
  for (const [index, node] of wanted.entries()) {
    const there = live.childNodes[index] ?? null;
    if (there !== node) live.insertBefore(node, there);
  }
}

function morph(live: Element, fresh: Element): void {
  carryAttributes(live, fresh);
  carryStyle(live, fresh);
  morphChildren(live, [...fresh.childNodes]);
}

function reuse(old: ChildNode | undefined, fresh: Node): Node {
  if (old === undefined) return fresh;
  if (old instanceof Element && fresh instanceof Element) morph(old, fresh);
  else if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
  return old;
}

function byKey(nodes: Iterable<ChildNode>): Map<string, ChildNode[]> {
  const pool = new Map<string, ChildNode[]>();
  for (const node of nodes) {
    const same = pool.get(identity(node));
    if (same === undefined) pool.set(identity(node), [node]);
    else same.push(node);
  }
  return pool;
}

function carryAttributes(live: Element, fresh: Element): void {
  for (const { name } of [...live.attributes]) if (!apart.has(name) && !fresh.hasAttribute(name)) live.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (!apart.has(name) && live.getAttribute(name) !== value) live.setAttribute(name, value);
}

// Through CSSOM: the content security policy refuses a style attribute that is set as text.
function carryStyle(live: Element, fresh: Element): void {
  if (!(live instanceof HTMLElement) || !(fresh instanceof HTMLElement)) return;
  if (live.style.cssText !== fresh.style.cssText) live.style.cssText = fresh.style.cssText;
}

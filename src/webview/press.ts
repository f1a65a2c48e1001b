import type { FromWebview } from '../core/protocol.ts';
import { el } from './dom.ts';
import type { Attributes, Child } from './dom.ts';

const messages = new WeakMap<Element, FromWebview>();

/**
 * A button that posts `message`. Its key is the message: a button never changes its meaning under the pointer or the focus;
 * one with another meaning is another button.
 */
export function press(message: FromWebview, attributes: Omit<Attributes, 'key'>, ...children: readonly Child[]): HTMLButtonElement {
  const button = el('button', { type: 'button', ...attributes, key: JSON.stringify(message) }, ...children);
  messages.set(button, message);
  return button;
}

/** The message of the button that was clicked, if it was one. */
export function messageAt(target: EventTarget | null): FromWebview | undefined {
  const button = target instanceof Element ? target.closest('button') : null;
  return button === null ? undefined : messages.get(button);
}

import type { ToWebview } from '../core/protocol.ts';
import { announcement } from './announce.ts';
import { morphChildren } from './morph.ts';
import { page } from './page.ts';
import { legible } from './text.ts';

/** Draws a message into `root` and tells screen readers through `announcer`. Nothing is kept between two drawings but focus, scroll and folds. */
export function draw(message: ToWebview, root: HTMLElement, announcer: HTMLElement): void {
  const focused = document.activeElement;
  morphChildren(root, page(message));
  keepFocus(focused, root);
  const news = legible(announcement(message));
  if (announcer.textContent !== news) announcer.textContent = news;
}

/** Moving an element takes its focus away; what has gone leaves the focus to what stands in its place, else on the heading, not at the start of the document. */
function keepFocus(focused: Element | null, root: HTMLElement): void {
  if (!(focused instanceof HTMLElement) || focused === document.body || focused === document.activeElement) return;
  const place = focused.dataset['place'];
  const heir = place === undefined ? null : root.querySelector<HTMLElement>(`[data-place="${CSS.escape(place)}"]`);
  const next = root.contains(focused) ? focused : (heir ?? root.querySelector('h1'));
  next?.focus({ preventScroll: true });
}

import type { FromWebview } from '../core/protocol.ts';
import { el } from './dom.ts';
import type { Child } from './dom.ts';
import { icon } from './icon.ts';
import type { IconName } from './icon.ts';
import { press } from './press.ts';

/** A button that is only an icon; `title` is its name for everyone. */
export function iconButton(name: IconName, title: string, message: FromWebview, more = ''): HTMLButtonElement {
  return press(message, { class: `icon-button ${more}`.trim(), title, 'aria-label': title }, icon(name));
}

/** Heading of a section: what it is, a short figure to the right, and what opens it in an editor. */
export interface Heading {
  readonly title: string;
  readonly note?: string | undefined;
  readonly opener?: HTMLButtonElement | undefined;
}

export function section(key: string, { title, note, opener }: Heading, ...body: readonly Child[]): HTMLElement {
  return el('section', { key }, el('div', { class: 'bar' }, el('h2', {}, title), noteOf(note), opener), ...body);
}

/** A section that is folded until it is wanted. Once drawn, only the person opens and closes it. */
export function folded(key: string, { title, note, opener }: Heading, open: boolean, ...body: readonly Child[]): HTMLElement {
  const summary = el('summary', { class: 'bar' }, el('h2', {}, title), noteOf(note));
  const details = el('details', { key: 'fold' }, summary, opener && el('div', { class: 'fold-tools' }, opener), ...body);
  details.open = open;
  return el('section', { key: `${key}-folded`, class: 'fold' }, details);
}

function noteOf(note: string | undefined): HTMLElement | undefined {
  return note === undefined ? undefined : el('span', { class: 'note num', title: note }, note);
}

/** Draws at most `most` items and says how many are left out: the page stays small however long a session runs. */
export function capped<T>(items: readonly T[], most: number, draw: (item: T, index: number) => HTMLElement, besides = 0): HTMLElement[] {
  const drawn = items.slice(0, most).map(draw);
  const more = items.length - drawn.length + besides;
  return more > 0 ? [...drawn, el('li', { key: 'more', class: 'more dim' }, `… ${more} more`)] : drawn;
}

/** Added and removed lines. */
export function plusMinus(added: number, removed: number): HTMLElement {
  return el('span', { class: 'num figures' }, el('span', { class: 'plus' }, `+${added}`), ' ', el('span', { class: 'minus' }, `−${removed}`));
}

/** A path whose folder gives way first when there is no room. */
export function pathLabel(path: string, line?: number): HTMLElement {
  const cut = path.lastIndexOf('/') + 1;
  return el('span', { class: 'path mono' },
    el('span', { class: 'folder' }, path.slice(0, cut)), el('span', { class: 'base' }, path.slice(cut)), line === undefined ? undefined : el('span', {}, `:${line}`));
}

/** A name and its figure on one line, or the figure below the name where both have no room. */
export function pair(name: HTMLElement, figure: Child): HTMLElement {
  name.classList.add('name');
  return el('div', { class: 'pair' }, name, el('span', { class: 'side num' }, figure));
}

/** A quiet sentence in place of a list that is empty. */
export function nothing(text: string): HTMLElement {
  return el('p', { class: 'dim' }, text);
}

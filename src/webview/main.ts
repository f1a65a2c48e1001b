import type { FromWebview, ToWebview } from '../core/protocol.ts';
import { el } from './dom.ts';
import { draw } from './draw.ts';
import { isIncoming, problemOf } from './incoming.ts';
import { messageAt } from './press.ts';
import { keepScroll } from './scroll.ts';

/** Given to the page by VS Code, once. */
declare function acquireVsCodeApi(): { postMessage(message: FromWebview): void; getState(): unknown; setState(state: unknown): void };

const vscode = acquireVsCodeApi();
const root = document.querySelector('main') ?? document.body.appendChild(el('main'));
const announcer = document.body.appendChild(el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite' }));
const restoreScroll = keepScroll(vscode);
let latest: ToWebview | undefined;

window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (!isIncoming(data)) return console.warn(`Bounded: a message was ignored: ${problemOf(data) ?? ''}`);
  // Several messages within one frame are drawn once, with the newest.
  if (latest === undefined) requestAnimationFrame(drawLatest);
  latest = data;
});

root.addEventListener('click', (event) => {
  const message = messageAt(event.target);
  // The second click of a double click may meet another button than the one that was aimed at.
  if (message !== undefined && event.detail < 2) vscode.postMessage(message);
});

vscode.postMessage({ type: 'ready' });

function drawLatest(): void {
  const message = latest;
  latest = undefined;
  if (message === undefined) return;
  draw(message, root, announcer);
  restoreScroll();
}

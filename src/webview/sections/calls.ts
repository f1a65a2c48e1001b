import type { CallRow, View } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon, said } from '../icon.ts';
import type { IconName } from '../icon.ts';
import { capped, iconButton, nothing, section } from '../pieces.ts';

const mostCalls = 12;

const icons: ReadonlyMap<string, IconName> = new Map<string, IconName>([
  ['read', 'eye'], ['write', 'edit'], ['edit', 'edit'], ['glob', 'search'], ['grep', 'search'], ['bash', 'terminal'], ['explore', 'telescope'],
  ['submit_plan', 'checklist'], ['run_oracle', 'beaker'], ['complete_phase', 'milestone'], ['propose_amendment', 'law'], ['report_blocker', 'report'],
  ['record_decision', 'notebook'], ['read_artifact', 'eye'], ['diagnostics', 'report'], ['submit_decoys', 'beaker'], ['report_findings', 'comment-discussion'],
]);

/** The last tool calls, newest first. */
export function calls(view: View): HTMLElement {
  const ended = view.state === 'ended';
  return section('now', {
    title: ended ? 'Last calls' : 'Now',
    note: 'newest first',
    opener: iconButton('go-to-file', 'Open PROGRESS.md', { type: 'open', target: { kind: 'report', file: 'PROGRESS.md' } }),
  }, view.now.length === 0 ? nothing('No tool has been called yet.') : el('ul', { class: 'rows' }, capped(view.now, mostCalls, callRow)));
}

function callRow({ call, tool, title, running, refused, summary }: CallRow): HTMLElement {
  return el('li', { key: call, title: `${tool}: ${title}` },
    refused === '' ? icon(icons.get(tool) ?? 'tools') : icon('circle-slash', 'fail'), said(refused === '' ? tool : `${tool}, refused`),
    el('span', { class: 'grow cut mono' }, title === '' ? tool : title),
    running ? [icon('loading', undefined, 'spin'), said('running')] : undefined,
    refused === '' ? el('span', { class: 'side num' }, summary) : el('span', { class: 'tag fail-edge', title: refused }, refused));
}

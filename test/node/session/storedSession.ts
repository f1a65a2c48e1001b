import assert from 'node:assert/strict';
import type { Workspace } from '../../../src/agent/ports.ts';
import { fold } from '../../../src/core/session/evolve.ts';
import type { Entry, SessionEvent } from '../../../src/core/session/events.ts';
import type { EvictionPlan } from '../../../src/core/session/facts.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { createJournal } from '../../../src/node/journal/journal.ts';
import { createSession, type SessionFolder } from '../../../src/node/journal/sessions.ts';
import type { RepositoryState } from '../../../src/node/journal/stateDir.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import { contractOf } from '../../core/session/support/journal.ts';

export interface Stored {
  readonly folder: SessionFolder;
  /** Of the base and of both boundaries. */
  readonly trees: readonly string[];
  readonly commits: readonly string[];
  readonly session: Session;
}

/** A session with two boundaries, `explore` and `baseline`, written into its journal in `state`. Each of its trees is what `content` answers. `roots`: those beside the main one. */
export async function storedSession(id: string, { workspace, state, content, ended, roots = [] }: { readonly workspace: Pick<Workspace, 'root' | 'commit'>; readonly state: RepositoryState; readonly content: () => Promise<string>; readonly ended: boolean; readonly roots?: readonly string[] }): Promise<Stored> {
  const folder = await createSession(state, id);
  const trees = [await content(), await content(), await content()];
  const commits: string[] = [];
  for (const tree of trees) commits.push(await workspace.commit({ tree, branch: `bounded/task/${id}/1`, message: id, author: 'bounded', ...(commits.length === 0 ? {} : { parent: commits.at(-1) ?? '' }) }));
  const boundary = (name: 'explore' | 'baseline', index: number): SessionEvent => ({ type: 'boundary/crossed', boundary: name, phase: name, tree: trees[index] ?? '', commit: commits[index] ?? '', notCovered: [], change: { files: 0, added: 0, removed: 0 } });
  const events: SessionEvent[] = [
    { type: 'session/started', session: id, name: 'task', contractFile: 'x', contractText: '', contractHash: '', contract: { ...contractOf(), roots }, workspace: workspace.root, sandbox: { kind: 'none', detail: '' }, endpoint: { url: '' }, product: '' },
    { type: 'base/taken', base: { tree: trees[0] ?? '', commit: commits[0] ?? '', dirty: [], notCovered: [] } }, boundary('explore', 1), boundary('baseline', 2),
    ...(ended ? [{ type: 'session/ended', end: 'completed', detail: '' } as const] : []),
  ];
  const journal = await createJournal(folder.trace);
  const entries: Entry[] = [];
  for (const event of events) entries.push(await journal.append(1_700_000_000_000, 0, event));
  await journal.close();
  return { folder, trees, commits, session: fold(entries) ?? assert.fail() };
}

/** What a plan gives up, in order: the last letter of each session's id, and its boundaries. */
export function named(plan: EvictionPlan | string): string | readonly string[] {
  return typeof plan === 'string' ? plan : plan.phases.map((one) => `${one.session.at(-1)}: ${one.boundaries.map(({ boundary }) => boundary).join(' ')}`);
}

/** Whether the store of a work tree has a tree. */
export function isThere({ root, state }: { readonly root: string; readonly state: RepositoryState }, tree: string): Promise<boolean> {
  return openWorkspace({ root, store: state.store, scratch: [], secret: [], contractFile: 'x' }).then((fresh) => fresh.entries(tree)).then(() => true, () => false);
}

import type { FileDiff, Path, TreeId } from '../core/session/changes.ts';
import type { BesideItem } from '../core/session/facts.ts';
import { isHistory } from './control.ts';
import type { Capture, WholeCapture } from './ports.ts';
import type { Run } from './run.ts';

/**
 * Looks at the work tree between two actions of the session: whatever changed since the last look is the user's. Records
 * it, and what changed among git's control files.
 */
export async function look(run: Run, before?: 'command'): Promise<WholeCapture> {
  const capture = await run.ports.workspace.capture(before);
  await noteUsers(run, capture);
  return capture;
}

/** The same before a file tool, which changes one path: only that path is looked at. What the user changed elsewhere is found by the next `look`. */
export async function lookAtPath(run: Run, path: Path): Promise<Capture> {
  const capture = await run.ports.workspace.captureWritten([path]);
  await noteUsers(run, capture);
  return capture;
}

async function noteUsers(run: Run, capture: Capture): Promise<void> {
  const { session } = run.recorder;
  if (session.tree !== undefined && session.tree !== capture.tree) {
    const files = await run.ports.workspace.diff(session.tree, capture.tree);
    await run.recorder.record({ type: 'changes/observed', by: 'user', files, ...treeOf(capture) });
  }
  await seeControl(run, capture);
}

/** The fields of an event that say what the work tree holds now, and whether all of it was looked at. */
export function treeOf({ tree, covers }: Capture): { readonly tree: TreeId; readonly covers?: 'written' } {
  return covers === 'written' ? { tree, covers } : { tree };
}

/**
 * Records changes of git's control files; a gate opens where HEAD moved, whoever moved it. `own`: what Bounded itself brought back. `during`: the call
 * in whose time they changed.
 */
export async function seeControl(run: Run, capture: Capture, { during, own = [] }: { readonly during?: string; readonly own?: readonly BesideItem[] } = {}): Promise<void> {
  const { session } = run.recorder;
  const before = session.control;
  const keys = new Set([...Object.keys(before), ...Object.keys(capture.control)]);
  const changed = [...keys].filter((key) => before[key] !== capture.control[key] && !isIndex(key)).sort();
  if (changed.length === 0) return;
  const { commit, branch, unreadable } = await run.ports.workspace.head();
  // Where nobody can tell, it stands where it stood: a rewind of what git cannot read may be what mends it.
  const head = unreadable === undefined ? { ...(commit === undefined ? {} : { commit }), ...(branch === undefined ? {} : { branch }) } : session.head ?? {};
  const first = session.head === undefined;
  const moved = head.commit !== session.head?.commit || head.branch !== session.head?.branch;
  // The question first: a crash between the two must not lose it.
  if (!first && moved && !own.some(({ path }) => isHistory(path))) await openHeadGate(run, changed);
  await run.recorder.record({ type: 'control/seen', control: capture.control, head, changed: first ? [] : changed, ...(during === undefined ? {} : { during }) });
}

/** Git writes it by itself, in the work tree and in those of other roots (`../api: index`). */
const isIndex = (key: string): boolean => key === 'index' || key.endsWith(': index');

async function openHeadGate(run: Run, changed: readonly string[]): Promise<void> {
  const { line } = run.recorder.session;
  if (line.phase === undefined) return;
  const question = `HEAD of the repository moved (${changed.join(', ')}). Go on with the work tree as it is now? It is measured again.`;
  await run.recorder.record({ type: 'gate/opened', gate: run.ports.clock.id(), kind: 'head-moved', phase: line.phase, question, blocking: ['head'] });
}

/** What differs between two trees, without asking git when they are the same. */
export async function differences(run: Run, from: TreeId, to: TreeId): Promise<readonly FileDiff[]> {
  return from === to ? [] : run.ports.workspace.diff(from, to);
}

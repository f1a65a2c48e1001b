import type { Path } from '../core/session/changes.ts';
import { ofPath } from '../core/session/ofPath.ts';
import { someOf } from '../core/session/someOf.ts';
import type { Cause } from './cause.ts';
import { differences } from './look.ts';
import type { Landing } from './ports.ts';
import type { Run } from './run.ts';

/**
 * Brings what a command wrote beside the work tree into it, and records what the user made meanwhile of files that both changed. Undefined where commands
 * write into the work tree itself: then nobody can tell what is whose.
 */
export async function landWrites(run: Run, cause: Cause): Promise<Landing | undefined> {
  const written = cause.by === 'command' ? await run.ports.shell.written() : undefined;
  if (written === undefined) return undefined;
  const landing = await run.ports.workspace.land(written, cause.before);
  const files = await differences(run, cause.before, landing.before);
  if (files.length > 0) await run.recorder.record({ type: 'changes/observed', by: 'user', files, tree: landing.before, covers: 'written' });
  return landing;
}

/** When everything that landed is recorded: what did not is noted, and the layer goes. Answers sentences for the model. */
export async function closeLanding(run: Run, cause: Cause, landing: Landing): Promise<readonly string[]> {
  const known = run.recorder.session.withheld;
  const files = landing.withheld.filter((one) => !ofPath(known, one.path).some((other) => other.blob?.oid === one.blob?.oid));
  if (files.length > 0) await run.recorder.record({ type: 'changes/withheld', call: cause.call, files });
  await run.ports.shell.discard();
  return landing.withheld.length === 0 ? [] : [`What the command did there is not in the work tree, because the user changed it meanwhile or it could not be written: ${someOf(landing.withheld.map(({ path }) => path))}. Look at these again.`];
}

/**
 * Whether a change at a path may come from what landed: it is one of these paths or a folder around one, which may have become empty, or not be empty any more,
 * or hold other files that no checkpoint holds. What lands in a folder is named itself: what else changed in one whose permissions landed, or that came, is the user's. Pure.
 */
export function concerns({ landed }: Landing): (path: Path) => boolean {
  const around = new Set<Path>();
  for (const path of landed) for (let folder = above(path); folder !== '' && !around.has(folder); folder = above(folder)) around.add(folder);
  return (path) => landed.has(path) || around.has(path);
}

/** The folder that a path lies in; '' is the root. */
const above = (path: Path): Path => path.slice(0, Math.max(0, path.lastIndexOf('/')));

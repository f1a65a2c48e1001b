import type { RootName } from '../../core/contract/rootPath.ts';
import { globsIn } from '../../core/contract/roots.ts';
import type { Path } from '../../core/session/changes.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import { openWorkspace } from '../workspace/openWorkspace.ts';
import { SeveralRoots } from './severalRoots.ts';

/** What a session's work trees are opened by. Plain values: it goes to another thread. */
export interface RootsToOpen {
  /** The main root, '', first; each with the folder of its checkpoint store. */
  readonly roots: readonly { readonly name: RootName; readonly folder: string; readonly store: string }[];
  /** Workspace path of the contract. */
  readonly contractFile: Path;
  /** Globs as the contract has them. */
  readonly scratch: readonly string[];
  readonly secret: readonly string[];
}

/**
 * The work trees of a contract, each over the checkpoint store of its repository; with one root, that work tree itself.
 * @throws WorkspaceRefusal for a folder that cannot be one.
 */
export async function openRoots({ roots, contractFile, scratch, secret }: RootsToOpen): Promise<SessionWorkspace> {
  const open = await Promise.all(roots.map(async ({ name, folder, store }) => ({
    name,
    workspace: await openWorkspace({
      root: folder, store, scratch: globsIn(name, scratch), secret: globsIn(name, secret), contractFile,
      others: roots.filter((other) => other.name !== name).map((other) => other.folder),
    }),
  })));
  const [main, ...others] = open;
  return main !== undefined && others.length === 0 ? main.workspace : new SeveralRoots(open);
}

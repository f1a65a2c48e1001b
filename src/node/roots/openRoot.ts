import type { RootName } from '../../core/contract/rootPath.ts';
import type { KeepingWorkspace } from '../workspace/keepingWorkspace.ts';

/** One folder of a session over its own repository and store. */
export interface OpenRoot {
  /** '' for the main root, which comes first. */
  readonly name: RootName;
  readonly workspace: KeepingWorkspace;
}

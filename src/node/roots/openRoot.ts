import type { Keeper, Workspace } from '../../agent/ports.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import type { Checkpoints } from '../workspace/checkpoints.ts';

/** One folder of a session over its own repository and store. */
export interface OpenRoot {
  /** '' for the main root, which comes first. */
  readonly name: RootName;
  readonly workspace: Workspace & Keeper & { readonly checkpoints: Checkpoints };
}

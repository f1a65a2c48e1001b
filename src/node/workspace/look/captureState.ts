import type { Path } from '../../../core/session/changes.ts';
import type { KnownFiles } from './knownFiles.ts';
import type { LeftOutPart } from './leftOutParts.ts';
import type { Surroundings } from './scan.ts';
import type { Dir } from '../store/tree.ts';

/** The last checkpoint and what is known of the work tree. */
export interface CaptureState {
  readonly tree: Dir;
  readonly files: KnownFiles;
  /** Topmost paths that checkpoints leave out. */
  readonly leftOut: ReadonlySet<Path>;
  readonly parts: ReadonlyMap<Path, LeftOutPart>;
  /** Paths that could not be read, with the reason. */
  readonly unread: ReadonlyMap<Path, string>;
  /** Folders that were not there at an earlier look. */
  readonly appeared: ReadonlySet<Path>;
  readonly around: Surroundings;
}

/** The same before the first look of this process. */
export type Loaded = Omit<CaptureState, 'around'> & { readonly around?: undefined };

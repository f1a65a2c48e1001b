import type { Intention } from '../core/session/view.ts';
import type { Controller } from './controller.ts';

/** What a rewind is about to do. */
export interface Preview {
  /** What it would bring back: files, empty folders, permissions, control files of git. */
  readonly paths: readonly string[];
  /** What is in no checkpoint, as sentences: it stays as it is. */
  readonly notCovered: readonly string[];
}

/** For `--dry-run` and for the question before a rewind. Changes nothing. */
export async function previewFor(controller: Controller, intention: Intention): Promise<Preview> {
  const paths = await pathsOf(controller, intention);
  return { paths, notCovered: await controller.notCovered() };
}

async function pathsOf(controller: Controller, intention: Intention): Promise<readonly string[]> {
  const { session } = controller;
  switch (intention.type) {
    case 'rewind-boundary': return controller.previewRewind(intention.to);
    case 'rewind-path': return [intention.path];
    case 'rewind-file': return session.line.flags.filter((flag) => flag.id === intention.flag).map((flag) => flag.path);
    case 'rewind-hunk': return session.line.flags.filter((flag) => flag.id === intention.flag).map((flag) => flag.path);
    case 'undo-rewind': return session.rewinds.filter((one) => one.id === intention.rewind).flatMap((one) => [...new Set([...one.restored, ...one.merged, ...(one.beside ?? []).map(({ path }) => path)])]);
    default: return [];
  }
}

import type { Intention } from '../core/session/view.ts';
import type { Controller } from './controller.ts';

/** Paths that an intention would bring back, for `--dry-run` and for the question before a rewind. Changes nothing. */
export async function previewFor(controller: Controller, intention: Intention): Promise<readonly string[]> {
  const { session } = controller;
  switch (intention.type) {
    case 'rewind-boundary': return controller.previewRewind(intention.to);
    case 'rewind-path': return [intention.path];
    case 'rewind-file': return session.line.flags.filter((flag) => flag.id === intention.flag).map((flag) => flag.path);
    case 'rewind-hunk': return session.line.flags.filter((flag) => flag.id === intention.flag).map((flag) => flag.path);
    case 'undo-rewind': return session.rewinds.filter((one) => one.id === intention.rewind).flatMap((one) => [...one.restored, ...one.merged]);
    default: return [];
  }
}

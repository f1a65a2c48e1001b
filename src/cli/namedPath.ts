import path from 'node:path';
import type { Path } from '../core/session/changes.ts';
import { oneLine } from '../core/session/reports/markdown.ts';
import { shownPath } from '../core/session/shownPath.ts';

/**
 * The workspace path that a person means, as a shell in the workspace folder would take it: also `./src/x.ts`, the whole way to it, or as it is shown. `paths` are
 * those that there are.
 */
export function namedPath(workspace: string, paths: readonly Path[], given: string): Path {
  const known = [...new Set(paths)];
  const found = known.find((one) => one === given) ?? known.find((one) => shownPath(one) === given) ?? onlyShown(known, given, (one) => one);
  return found ?? path.relative(workspace, path.resolve(workspace, given)).split(path.sep).join('/');
}

/** The one thing whose name is `given` but for what is no text: that does not come back from a keyboard or a shell. */
export function onlyShown<Thing>(things: readonly Thing[], given: string, nameOf: (thing: Thing) => string): Thing | undefined {
  const found = things.filter((one) => oneLine(nameOf(one)) === oneLine(given));
  return found.length === 1 ? found[0] : undefined;
}

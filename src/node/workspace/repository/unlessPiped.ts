import { type Dirent, readdirSync } from 'node:fs';
import { Paused } from '../../../agent/run.ts';
import type { Path } from '../../../core/session/changes.ts';
import { shownPath } from '../../../core/session/shownPath.ts';
import { Pace } from '../common/pace.ts';
import { joined } from '../disk/places.ts';

/** How long git may take before it is looked what it waits for, in milliseconds. */
const patience = 1000;

/**
 * Has git read the files of this name in every folder of a work tree. Throws `Paused` where one of them is a pipe that nobody writes into: git would wait for it
 * without end, and everybody else for git. It is looked for only where git takes long.
 */
export async function unlessPiped<Answer>(root: string, name: string, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const controller = new AbortController();
  let pipe: Path | undefined;
  let timer: NodeJS.Timeout | undefined;
  const lookAfter = (milliseconds: number): void => {
    timer = setTimeout(() => {
      void pipeIn(root, name).catch(() => undefined).then((found) => {
        pipe = found;
        if (found !== undefined) controller.abort();
        else if (timer !== undefined) lookAfter(2 * milliseconds);
      });
    }, milliseconds);
  };
  lookAfter(patience);
  try {
    return await ask(controller.signal);
  } catch (error) {
    throw pipe === undefined ? error : new Paused(`${shownPath(pipe)} is a pipe, and git, which reads rules there, would wait for it without end; remove it, then go on`);
  } finally {
    clearTimeout(timer);
    timer = undefined;
  }
}

async function pipeIn(root: string, name: string): Promise<Path | undefined> {
  const [folders, pace] = [[''], new Pace()];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder === '' ? root : `${root}/${folder}`)) {
      if (entry.isFIFO() && entry.name === name) return joined(folder, name);
      if (entry.isDirectory() && entry.name !== '.git') folders.push(joined(folder, entry.name));
    }
    if (pace.due) await pace.rest();
  }
  return undefined;
}

/** None where a folder cannot be read, or has gone: git reads nothing there either. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

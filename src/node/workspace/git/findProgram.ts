import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * The file that a bare program name means, searched on PATH: only absolute folders, and never a file inside one of `forbidden`,
 * so that nothing that a work tree contains can pose as a program of ours. Undefined where there is none.
 */
export async function findProgram(name: string, ...forbidden: readonly string[]): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (!path.isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = path.join(folder, name + ending);
      if (await isProgramOutside(file, forbidden)) return file;
    }
  }
  return undefined;
}

async function isProgramOutside(file: string, forbidden: readonly string[]): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    if (!(await stat(file)).isFile()) return false;
    const real = await realpath(file);
    return !forbidden.some((folder) => isInside(real, folder) || isInside(file, folder));
  } catch {
    // Not there, or not ours to run: the next folder may have it.
    return false;
  }
}

/** Whether `file` is `folder` or below it; both absolute. */
export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative));
}

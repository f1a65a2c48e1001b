import { stat } from 'node:fs/promises';

/** Whether there is anything that can be looked at; links are followed. */
export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

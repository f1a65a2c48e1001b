import { JournalFault } from '../../core/session/entries.ts';

/** Quota and file size limit are a full disk for the one who meets them. */
const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** The fault that an error of the file system is, said of `what`. A fault stays what it is. */
export function faultOf(error: unknown, what: string): JournalFault {
  if (error instanceof JournalFault) return error;
  const code = codeOf(error);
  if (code !== undefined && full.has(code)) return new JournalFault('disk-full', `${what} could not be written: no space left (${code})`, { cause: error });
  return new JournalFault('io', `${what} could not be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** Does something with an open file. The system does not say of which file an error of it is: here it gets the name. */
export async function named<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) !== undefined && !(error instanceof Error && 'path' in error)) Object.assign(error as Error, { path: file });
    throw error;
  }
}

/** The system's name of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

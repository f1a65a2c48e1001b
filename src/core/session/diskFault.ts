/** A disk that will not take what has to be written, by the system's name of the error. Quota and limits of size are a full disk for the one who meets them. */
const faults: Readonly<Record<string, { readonly what: string; readonly advice: string }>> = {
  ENOSPC: { what: 'no space is left', advice: 'make space there' },
  EDQUOT: { what: 'your quota is used up', advice: 'make space there' },
  EFBIG: { what: 'the file may not grow any further', advice: 'raise the limit of file sizes' },
  EROFS: { what: 'the file system is read-only', advice: 'make it writable again' },
  EIO: { what: 'the disk reports an error', advice: 'look after the disk first' },
};

/**
 * What is wrong with a disk, where, and what to do about it, in one clause for a person; undefined for an error of another kind. Such trouble is
 * nobody's fault and passes: it pauses a session, and what was to be written is written when the session goes on.
 */
export function diskFault(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, path: file } = at as { readonly code?: unknown; readonly path?: unknown };
    const fault = typeof code === 'string' && Object.hasOwn(faults, code) ? faults[code] : undefined;
    if (fault !== undefined) return `${fault.what} (${String(code)})${typeof file === 'string' ? ` for ${file}` : ''}: ${fault.advice}`;
  }
  return undefined;
}

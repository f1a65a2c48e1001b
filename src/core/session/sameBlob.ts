import type { Blob } from './changes.ts';

/** Whether two contents of a path are the same, mode included; `null`: no file there. */
export function sameBlob(a: Blob | null, b: Blob | null): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}

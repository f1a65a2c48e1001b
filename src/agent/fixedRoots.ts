import type { Contract } from '../core/contract/contract.ts';

/** A session holds the lease and the base of every folder from its first moment on, so none joins or leaves it later. */
export const rootsAreFixed = 'the folders of a session (`roots`) are those that it started with; start a new session for others';

export function sameRoots(a: Contract, b: Contract): boolean {
  return JSON.stringify(a.roots ?? []) === JSON.stringify(b.roots ?? []);
}

import type { KeptBranch } from '../session.ts';

/** Branches by name, each beyond the main root with its repository. */
export function branchWords(branches: readonly KeptBranch[]): string {
  return branches.map(({ branch, root }) => (root === undefined ? branch : `${branch} in ${root}`)).join(' and ');
}

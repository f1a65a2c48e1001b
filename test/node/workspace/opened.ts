import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import { makeRepo, type TestRepo } from '../../support/repo.ts';

const made: TestRepo[] = [];

/** A repository that goes when the test has ended; needs `afterEach(removeRepos)`. */
export function newRepo(files?: Readonly<Record<string, string | Buffer>>): TestRepo {
  const repo = makeRepo(files);
  made.push(repo);
  return repo;
}

export function removeRepos(): void {
  for (const repo of made.splice(0)) repo.remove();
}

export function open(repo: TestRepo, options: { readonly scratch?: readonly string[]; readonly secret?: readonly string[] } = {}): Promise<KeepingWorkspace> {
  return openWorkspace({ root: repo.root, store: repo.store, scratch: options.scratch ?? [], secret: options.secret ?? ['.env*'], contractFile: '.bounded/task.bounded.yaml' });
}

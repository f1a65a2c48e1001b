import { execFileSync } from 'node:child_process';
import { loadContract } from '../../../src/node/session/place.ts';
import { newRepo, removeRepos } from '../workspace/opened.ts';

const contract = 'task: Do it.\nscope: { change: [src/**] }\noracle: { checks: [{ id: fine, run: "true" }] }\n';

describe('the name of a contract', () => {
  afterEach(removeRepos);

  it('is always part of a branch name that git takes', async () => {
    const repo = newRepo({});
    for (const name of ['a..b', '-x', '--', '@{1}', 'HEAD', 'x.lock', 'über', '数', 'two words', 'a~1^2:3?[*\\', "it's", 'n'.repeat(200), '.hidden', 'tab\tand\nline']) {
      repo.write(`.bounded/${name}.bounded.yaml`, contract);
      const loaded = await loadContract(repo.at(`.bounded/${name}.bounded.yaml`));
      execFileSync('git', ['check-ref-format', `refs/heads/bounded/${loaded.name}/1`]);
      repo.git('update-ref', `refs/heads/bounded/${loaded.name}/1`, 'HEAD');
    }
  });
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { protectedPaths } from '../../../src/node/process/protectedPaths.ts';
import { temporaryFolder, writeFiles } from './support.ts';

describe('protected paths', () => {
  const base = temporaryFolder();
  let count = 0;
  const tree = (files: Readonly<Record<string, string>>) => {
    const root = path.join(base, String(count++));
    fs.mkdirSync(root);
    writeFiles(root, files);
    return root;
  };
  const of = async (root: string, readOnly: readonly string[], secret: readonly string[] = []) => {
    const found = await protectedPaths(root, readOnly, secret);
    return { readOnly: found.readOnly.map((file) => path.relative(root, file)).sort(), hidden: found.hidden.map((one) => `${path.relative(root, one.path)}${one.directory ? '/' : ''}`).sort() };
  };

  it('always are git\'s own, Bounded\'s and contracts, at any depth', async () => {
    const root = tree({ '.git/config': '', '.bounded/a.bounded.yaml': '', 'x/task.bounded.yaml': '', 'x/nested/.git/HEAD': '', 'src/a.js': '' });
    assert.deepEqual((await of(root, [])).readOnly, ['.bounded', '.git', 'x/nested/.git', 'x/task.bounded.yaml']);
  });

  it('are whole folders where a glob covers them, and single files otherwise', async () => {
    const root = tree({ 'oracle/a.mjs': '', 'oracle/deep/b.mjs': '', 'test/a.test.js': '', 'test/helper.js': '', 'README.md': '' });
    assert.deepEqual((await of(root, ['oracle/**', 'test/**/*.test.js', 'README.md', 'absent/**'])).readOnly, ['README.md', 'oracle', 'test/a.test.js']);
  });

  it('hide secrets, also inside of what is read-only, and not in installed packages', async () => {
    const root = tree({ '.env': '', '.env.local': '', 'oracle/key.pem': '', 'oracle/a.mjs': '', '.aws/credentials': '', 'node_modules/x/test.pem': '' });
    assert.deepEqual(await of(root, ['oracle/**'], ['.env*', '*.pem', '.aws/']), { readOnly: ['oracle'], hidden: ['.aws/', '.env', '.env.local', 'oracle/key.pem'] });
  });

  it('pin the folders without whose names a secret would be none, and no others', async () => {
    const root = tree({ '.env': '', 'sub/.env': '', 'config/prod/key.json': '', 'a/keys/k': '', 'x/.kube/config': '' });
    fs.symlinkSync('../config/prod/key.json', path.join(root, 'sub/key.pem'));
    const pinned = async (secret: readonly string[]) => (await protectedPaths(root, [], secret)).pinned.map((folder) => path.relative(root, folder));
    assert.deepEqual(await pinned(['.env*', 'k', 'key.json']), []);
    assert.deepEqual(await pinned(['config/prod/*.json', 'a/keys/**', '**/.kube/config', '/sub/.env']), ['a', 'config', 'config/prod', 'sub', 'x/.kube']);
    assert.deepEqual(await pinned(['*.pem']), ['config', 'config/prod'], 'what a link leads to');
  });

  it('name the git folders that a command would see, and where their work trees are', async () => {
    const main = tree({ '.git/worktrees/w/commondir': '../..\n', '.git/HEAD': '' });
    const root = tree({ '.git': `gitdir: ${main}/.git/worktrees/w\n`, 'x/nested/.git/HEAD': '', 'node_modules/x/.git/HEAD': '' });
    assert.deepEqual((await protectedPaths(root, [], [])).gitFolders, [
      { folder: path.join(main, '.git/worktrees/w'), prefix: '' }, { folder: path.join(main, '.git'), prefix: '' }, { folder: path.join(root, 'x/nested/.git'), prefix: 'x/nested/' },
    ]);
  });

  it('are what a link leads to inside the work tree, and nothing outside of it', async () => {
    const root = tree({ 'config/prod': 'secret', 'a.js': '' });
    fs.symlinkSync('config/prod', path.join(root, '.env'));
    fs.symlinkSync('/etc/hostname', path.join(root, '.env.host'));
    fs.symlinkSync('nowhere', path.join(root, '.env.gone'));
    assert.deepEqual((await of(root, [], ['.env*'])).hidden, ['config/prod']);
  });

  it('are the git folders outside of a linked work tree too', async () => {
    const main = tree({ '.git/worktrees/w/commondir': '../..\n', '.git/HEAD': '' });
    const root = tree({ '.git': `gitdir: ${main}/.git/worktrees/w\n` });
    assert.deepEqual((await protectedPaths(root, [], [])).readOnly, [path.join(main, '.git/worktrees/w'), path.join(main, '.git'), path.join(root, '.git')]);
  });

  it('are refused where there are more secrets than can be hidden', async () => {
    const root = tree(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`k${index}.pem`, ''])));
    await assert.rejects(protectedPaths(root, [], ['*.pem']), /more than 500 files are secret/);
  });
});

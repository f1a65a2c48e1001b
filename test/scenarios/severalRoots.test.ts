import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scenario } from './support/scenario.ts';
import { makeSibling, overBoth, twoRootsContract } from './support/twoRoots.ts';

describe('a session over two repositories', function () {
  this.timeout(180_000);

  it('works in both, is measured over both, and is rewound, undone and kept in both', async () => {
    await scenario(overBoth, twoRootsContract(), async ({ project, run, bounded }) => {
      const api = makeSibling(project);
      const here = (file: string): string => readFileSync(path.join(project.root, file), 'utf8');
      const ran = await run('--approve', 'all');
      assert.equal(ran.status, 0, ran.stderr + ran.stdout.slice(-3000));
      assert.equal(ran.result?.verdict, 'pass');
      assert.equal(api.read('src/scale.js'), 'export const scale = 2;\n');
      console.log(here('.bounded/task/EVIDENCE.md'));
      for (const args of [['status'], ['keep'], ['rewind', '--to', 'base'], ['rewind', '--undo']]) { const done = await bounded(...args); console.log(done.status, done.stdout, done.stderr); }
    });
  });
});

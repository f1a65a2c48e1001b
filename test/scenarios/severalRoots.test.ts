import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../src/core/session/events.ts';
import type { ReplyBlock } from '../support/messagesServer/replies.ts';
import { call, tool, turn } from '../support/messagesServer/replies.ts';
import { events, runCli } from './support/cli.ts';
import type { Move } from './support/moves.ts';
import { right } from './support/moves.ts';
import { scenario } from './support/scenario.ts';
import { makeSibling, overBoth, twoRootsContract } from './support/twoRoots.ts';
import type { Sibling } from './support/twoRoots.ts';

const neighbour = 'src/other/neighbour.js';
const scaled = 'export const scale = 2;\n';
const strays = call('bash', { command: `sed -i s/3/4/ ../api/${neighbour}; echo junk > ../api/stray.txt; cat ../api/.env; echo x >> ../api/.git/config; mv ../api ../gone; touch ../beside; git -C ../api log --oneline; true` });
/** Where the model may not go, and the reason that it is told. */
const refusals: readonly (readonly [ReplyBlock, string])[] = [
  [tool('write', { file_path: '../elsewhere/x.js', content: 'x' }), 'scope'], [tool('write', { file_path: '../api/../../etc/x', content: 'x' }), 'scope'], [tool('read', { file_path: '../api/.env' }), 'secret'],
  [tool('write', { file_path: `../api/${neighbour}`, content: 'x' }), 'scope'], [tool('write', { file_path: '../api/README.md', content: 'x' }), 'scope'], [tool('write', { file_path: '../api/oracle/wanted.json', content: '{}' }), 'scope'], [tool('read', { file_path: '../api/.git/config' }), 'scope'],
];

const answers = (entries: readonly Entry[]) => entries.flatMap(({ event }) => (event.type === 'tool/answered' ? [event] : []));

describe('a session over two repositories', function () {
  this.timeout(180_000);

  it('works in both and is held to its contract in both; what is the user\'s stays theirs; after a kill it goes on, and its work is rewound, undone and kept in both', async () => {
    let api: Sibling | undefined;
    const users: Move = () => {
      api?.write('NOTES.md', 'mine\n');
      api?.write('README.md', '# api\nmine\n');
      return call('read', { file_path: '../api/src/scale.js' });
    };
    const [, ...work] = overBoth['minimal-hook'][0] ?? [];
    const moves = { ...overBoth, 'minimal-hook': [[turn(refusals.map(([block]) => block)), strays, users, ...work]] };
    await scenario(moves, twoRootsContract('on-stray: rewind\n'), async ({ project, server, start, bounded }) => {
      const sibling = (api = makeSibling(project));
      const before = { config: sibling.read('.git/config'), heads: [project.git('rev-parse', 'HEAD'), sibling.git('rev-parse', 'HEAD')], index: sibling.git('ls-files', '-s') };
      const copy = path.join(project.root, '../copies/here/copy.yaml');
      mkdirSync(path.dirname(copy), { recursive: true });
      copyFileSync(project.contract, copy);
      assert.deepEqual([(await bounded('check', copy)).status, (await bounded('check', copy, '--workspace', project.root)).status], [1, 0], 'roots lie beside the workspace folder');
      const running = start(['run', project.contract, '--approve', 'all', '--json']);
      const second = new Promise<Awaited<typeof running.done>>((resolve) => {
        let seen = '';
        running.child.stdout?.on('data', (chunk: Buffer) => {
          if (seen === '') resolve(runCli({ ...project, root: sibling.root }, server.url, 'run', path.join(sibling.root, '.bounded/own.bounded.yaml')));
          seen += chunk.toString();
          if (/"type":"changes\/written"[^\n]*"path":"\.\.\/api\/src\/scale\.js"/.test(seen)) running.child.kill('SIGKILL');
        });
      });
      sibling.write('.bounded/own.bounded.yaml', twoRootsContract().replace('roots: [../api]\n', '').replaceAll(', ../api/src/**', '').replaceAll(', ../api/oracle/**', ''));
      const refused = await second;
      assert.equal(refused.status, 69, refused.stderr);
      assert.match(refused.stderr, /a session works in this work tree already: the terminal/);

      const killed = await running.done;
      assert.equal(killed.status, null, killed.stderr + killed.stdout.slice(-2000));
      assert.equal(sibling.read('src/scale.js'), scaled);
      const told = answers(killed.entries).slice(-1 - refusals.length - 3);
      assert.deepEqual(told.filter(({ outcome }) => outcome === 'refused').map(({ reason }) => reason), refusals.map(([, reason]) => reason));
      const bash = told.find(({ text }) => text.includes('Changed outside'))?.text ?? '';
      assert.match(bash, new RegExp(`rewound by Bounded: .*\\.\\./api/${neighbour} \\(out-of-scope\\).*\\.\\./api/stray\\.txt`));
      assert.doesNotMatch(killed.stdout, /hunter2/);
      assert.deepEqual([sibling.read(neighbour), sibling.read('stray.txt'), sibling.read('.git/config'), existsSync(path.join(sibling.root, '../beside'))], ['export const limit = 3;\n', undefined, before.config, false]);

      const resumed = await bounded('resume', '--approve', 'all', '--json');
      assert.equal(resumed.status, 0, resumed.stderr + resumed.stdout.slice(-2000));
      assert.equal(resumed.result?.verdict, 'pass');
      assert.deepEqual(resumed.result?.diff, { files: 2, lines: 6 });
      assert.deepEqual(events(resumed, 'base/taken'), [], 'it is the same session');
      const evidence = readFileSync(path.join(project.root, '.bounded/task/EVIDENCE.md'), 'utf8');
      assert.match(evidence, /## Folders\s+The workspace folder and `\.\.\/api`/);
      assert.match(evidence, /## The user's own changes[^#]*`\.\.\/api\/NOTES\.md`/);

      const state = () => [sibling.read('src/scale.js'), existsSync(path.join(project.root, 'src/stats/variance.js')), sibling.read('NOTES.md'), sibling.read('README.md')];
      const [done, mine] = [[scaled, true, 'mine\n', '# api\nmine\n'], ['mine\n', '# api\nmine\n']];
      assert.deepEqual(state(), done);
      assert.equal((await bounded('rewind', '--file', '../api/src/scale.js')).status, 0);
      assert.deepEqual(state(), ['export const scale = 1;\n', true, ...mine]);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      const rewound = await bounded('rewind', '--to', 'base');
      assert.equal(rewound.status, 0, rewound.stderr + rewound.stdout);
      assert.deepEqual(state(), ['export const scale = 1;\n', false, ...mine]);
      assert.equal((await bounded('rewind', '--undo')).status, 0);
      assert.deepEqual(state(), done);

      const pruning = await runCli({ ...project, root: sibling.root }, undefined, 'prune');
      assert.match(pruning.stdout, /Sessions of \S+work worked here as well/);

      const kept = await bounded('keep', '--without-mine');
      assert.equal(kept.status, 0, kept.stderr + kept.stdout);
      assert.match(kept.stdout, /^the workspace folder: the branch bounded\/task\/1 .*\n\.\.\/api: the branch bounded\/task\/1 /);
      assert.equal(project.git('show', 'bounded/task/1:src/stats/variance.js'), right);
      assert.equal(sibling.git('diff', '--name-only', 'main', 'bounded/task/1'), 'src/scale.js\n');
      assert.deepEqual([project.git('rev-parse', 'HEAD'), sibling.git('rev-parse', 'HEAD')], before.heads);
      assert.equal(sibling.git('ls-files', '-s'), before.index);

      const made = sibling.git('rev-parse', 'bounded/task/1').trim();
      sibling.git('branch', '-f', 'bounded/task/1', 'main');
      const half = await bounded('drop', '--branch');
      assert.match(half.stdout + half.stderr, /the workspace folder: the branch bounded\/task\/1 was dropped.*\n.*\.\.\/api: not dropped, .*somebody went on with it/);
      assert.deepEqual([half.status, project.git('branch', '--list', 'bounded/*'), sibling.git('branch', '--list', 'bounded/*').trim()], [1, '', 'bounded/task/1']);
      sibling.git('branch', '-f', 'bounded/task/1', made);
      assert.equal((await bounded('drop', '--branch')).status, 0);
      assert.equal(sibling.git('branch', '--list', 'bounded/*'), '');
    });
  });
});

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../src/core/session/events.ts';
import { call } from '../support/messagesServer/replies.ts';
import type { Reply } from '../support/messagesServer/replies.ts';
import { durableContract, durableFiles, durableMoves } from './support/durableSession.ts';
import type { Move } from './support/moves.ts';
import { right } from './support/moves.ts';
import type { Project } from './support/project.ts';
import { scenario } from './support/scenario.ts';
import { checkCheckpoints, filesIn, repositoryState, survivingEntries } from './support/survivor.ts';

describe('a user who tidies up their repository during a session', function () {
  this.timeout(180_000);

  /** Everything that a session needs of its checkpoints; answers its entries. */
  async function whole(project: Project): Promise<readonly Entry[]> {
    const state = repositoryState(path.join(path.dirname(project.root), 'state'));
    const entries = await survivingEntries(state, []);
    assert.ok(checkCheckpoints(state, entries) > 3);
    return entries;
  }

  it('collects garbage, packs anew, amends, deletes branches, stashes and resets: checkpoints stay whole, and the rewind is exact', async () => {
    let project: Project | undefined;
    const git = (...words: string[]): void => void project?.git('-c', 'user.name=U', '-c', 'user.email=u@localhost', ...words);
    const tidy = (): void => {
      git('reflog', 'expire', '--expire=now', '--all');
      git('gc', '-q', '--prune=now');
      git('repack', '-q', '-adf');
      git('prune', '--expire=now');
    };
    /** What the user does while the model thinks. */
    const meanwhile = (work: () => void, move: Reply): Move => () => {
      work();
      return move;
    };
    const moves = {
      ...durableMoves,
      'minimal-hook': [[
        meanwhile(tidy, call('write', { file_path: 'src/stats/variance.js', content: right })),
        meanwhile(() => {
          git('branch', 'aside');
          git('branch', '-D', '-q', 'aside');
          git('commit', '-q', '--amend', '-m', 'another beginning');
          tidy();
        }, call('read', { file_path: 'src/stats/mean.js' })),
        call('edit', { file_path: 'src/stats/mean.js', old_string: 'export function mean(', new_string: '// first\nexport function mean(' }),
        meanwhile(() => {
          git('stash', '-q');
          git('stash', 'drop', '-q');
          tidy();
        }, call('bash', { command: "printf '// table\\n' > src/stats/table.js && rm src/stats/old.js" })),
        meanwhile(() => {
          git('reset', '-q', '--hard');
          tidy();
        }, call('complete_phase', { summary: 'Variance added.' })),
      ]],
    };
    await scenario(moves, durableContract, async (all) => {
      project = all.project;
      const before = filesIn(project.root);
      let ran = await all.run('--approve', 'explore');
      for (let gates = 0; ran.result?.gate?.kind !== 'phase' && gates < 4; gates += 1) {
        assert.equal(ran.status, 5, `${ran.stderr}${JSON.stringify(ran.result)}`);
        assert.equal(ran.result?.gate?.kind, 'head-moved');
        ran = await all.bounded('resume', '--approve', 'head', '--json');
      }
      assert.equal(ran.result?.gate?.kind, 'phase', `${ran.stderr}${JSON.stringify(ran.result)}`);
      await whole(project);
      const back = await all.bounded('rewind', '--to', 'base', '--json');
      assert.equal(back.status, 0, back.stderr);
      assert.deepEqual(filesIn(project.root), before);
      await whole(project);
    }, { more: durableFiles });
  });

  it('deletes .git and begins anew: every checkpoint is whole, and the rewind is exact', async () => {
    await scenario(durableMoves, durableContract, async ({ project, run, bounded }) => {
      const before = filesIn(project.root);
      assert.equal((await run()).status, 5);
      rmSync(path.join(project.root, '.git'), { recursive: true });
      project.git('init', '-q', '-b', 'main');
      project.git('add', '-A');
      project.git('-c', 'user.name=U', '-c', 'user.email=u@localhost', 'commit', '-q', '-m', 'anew');
      writeFileSync(path.join(project.root, 'NOTES.md'), 'mine\n');
      await whole(project);
      // What git cannot read no session works in, but a rewind does.
      writeFileSync(path.join(project.root, '.git/config'), '[core\n');
      const refused = await bounded('resume');
      assert.deepEqual([refused.status, /git cannot read this repository.*bad config line 1/.test(refused.stderr)], [69, true], refused.stderr);
      const back = await bounded('rewind', '--to', 'base', '--json');
      assert.equal(back.status, 0, back.stderr);
      assert.equal(readFileSync(path.join(project.root, 'NOTES.md'), 'utf8'), 'mine\n');
      rmSync(path.join(project.root, 'NOTES.md'));
      assert.deepEqual(filesIn(project.root), before);
      const entries = await whole(project);
      assert.equal(entries.at(-1)?.event.type, 'rewind/done');
      const heads = entries.flatMap(({ event }) => (event.type === 'control/seen' ? [event.head] : []));
      assert.deepEqual([heads.length, heads[1]], [2, heads[0]], 'nobody could tell where HEAD is, so nothing is said to have moved');
    }, { more: durableFiles });
  });
});

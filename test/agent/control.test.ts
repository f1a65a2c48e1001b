import assert from 'node:assert/strict';
import { type Before, type Doing, shareOfControl } from '../../src/agent/control.ts';

describe('a change of git\'s control files', () => {
  const doing: Doing & { readonly sandbox: 'bubblewrap' | 'none' } = { call: 'c', by: 'command', interrupted: false, sandbox: 'none' };
  const commands = { allow: [], network: 'none', sandbox: 'preferred' } as const;
  const before = { '.git': 'folder', 'config': 'file 644 a', 'HEAD': 'file 644 h', 'index': 'file 644 i', 'refs/heads/main': 'ref 1', 'sub/.git': 'folder', 'sub/.git/config': 'file 644 s', 'modules/m/HEAD': 'file 644 m', 'objects': 'folder', 'objects/pack': 'folder' };
  const share = (changes: Readonly<Record<string, string | undefined>>, how: Partial<typeof doing> = {}, beside: Before['line']['beside'] = []) => {
    const after = Object.fromEntries(Object.entries({ ...before, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined));
    const { sandbox, ...call } = { ...doing, ...how };
    const known: Before = { control: before, sandbox: { kind: sandbox, detail: '' }, contract: { commands }, line: { beside } };
    const { session, unsure, reported } = shareOfControl(known, after, call);
    return { session: session.map(({ path }) => path), unsure: unsure.map(({ path }) => path), reported };
  };

  it('by a command without a sandbox is the session\'s, by the path that a person knows', () => {
    assert.deepEqual(share({ 'config': 'file 644 b', 'hooks/post-checkout': 'file 755 x', 'sub/.git/config': undefined }),
      { session: ['.git/config', 'sub/.git/config', '.git/hooks/post-checkout'], unsure: [], reported: [] });
  });

  for (const [what, name] of [['HEAD', 'HEAD'], ['a branch', 'refs/heads/main'], ['the stash', 'logs/refs/stash'], ['a merge', 'MERGE_HEAD'], ['a submodule', 'modules/m/HEAD'], ['a repository inside', 'sub/.git/refs/heads/x']] as const) {
    it(`may be the user's where ${what} moved too`, () => {
      const moved = share({ config: 'file 644 b', [name]: 'ref 2' });
      assert.deepEqual([moved.session, moved.unsure.length, moved.unsure.includes('.git/config'), moved.reported], [[], 2, true, []]);
    });
  }

  it('of the index alone is none: git refreshes it when it is only looked at', () => {
    assert.deepEqual(share({ index: 'file 644 j' }), { session: [], unsure: [], reported: [] });
    assert.deepEqual(share({ index: 'file 644 j', HEAD: 'file 644 g' }).unsure, ['.git/HEAD', '.git/index']);
  });

  it('is the user\'s where a sandbox or a file tool could not have made it, and where nobody saw the end of the command', () => {
    const changes = { 'config': 'file 644 b', 'refs/heads/main': 'ref 2' };
    assert.deepEqual(share(changes, { sandbox: 'bubblewrap' }), { session: [], unsure: [], reported: [] });
    assert.deepEqual(share(changes, { by: 'tool' }), { session: [], unsure: [], reported: [] });
    assert.deepEqual(share(changes, { interrupted: true }), { session: [], unsure: [], reported: ['.git/config', '.git/refs/heads/main'] });
  });

  it('that cannot come back is reported: what is not held, and a repository that is new or gone', () => {
    assert.deepEqual(share({ 'hooks/pipe': 'special', 'reftable/x': 'seen file 644 r' }), { session: [], unsure: [], reported: ['.git/hooks/pipe', '.git/reftable/x'] });
    const made = { 'new/.git': 'folder', 'new/.git/config': 'file 644 n', 'new/.git/HEAD': 'file 644 n', 'sub/.git': undefined, 'sub/.git/config': undefined };
    assert.deepEqual(share(made), { session: [], unsure: [], reported: ['sub/.git', 'new/.git'] });
    assert.deepEqual(share(made, { sandbox: 'bubblewrap' }).reported, ['sub/.git', 'new/.git'], 'a sandbox does not keep a command from making one');
  });

  it('is told where what git keeps in store went, by the folder that is missing; not where it came', () => {
    const gone = { 'objects': undefined, 'objects/pack': undefined };
    assert.deepEqual([gone, { ...gone, '.git': undefined }, { lfs: 'folder' }].map((changes) => share(changes).reported), [['.git/objects'], ['.git'], []]);
    assert.deepEqual(share(gone, { by: 'tool' }).reported, []);
  });

  it('of another root is named by that root', () => {
    assert.deepEqual(share({ '../api: config': 'file 644 b', '../api: index': 'file 644 i', '../api: sub/.git/config': 'file 644 s' }).session, ['../api/.git/config', '../api/sub/.git/config']);
    assert.deepEqual(share({ '../api: HEAD': 'file 644 b' }).unsure, ['../api/.git/HEAD']);
  });

  it('that was recorded before a crash is not put to a person a second time', () => {
    const recorded = [{ path: '.git/config', call: 'c', before: 'file 644 a', after: 'file 644 b' }];
    assert.deepEqual(share({ 'config': 'file 644 b', 'hooks/x': 'file 755 x' }, { interrupted: true }, recorded).reported, ['.git/hooks/x']);
  });
});

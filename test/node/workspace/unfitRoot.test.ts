import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stateOf } from '../../../src/node/session/state.ts';
import { StartRefusal } from '../../../src/node/session/refusal.ts';
import { openWorkspace } from '../../../src/node/workspace/openWorkspace.ts';
import { unfitRoot } from '../../../src/node/workspace/disk/unfitRoot.ts';
import { newRepo, removeRepos } from './opened.ts';

describe('a folder that is no workspace', () => {
  afterEach(removeRepos);

  it('is the home folder, one around it, a drive, and where every program puts temporary files', async () => {
    const { root, outside } = newRepo({});
    const machine = { home: path.join(outside, 'homes', 'ada'), temporary: path.join(outside, 'temporary') };
    for (const folder of [machine.home, machine.temporary]) fs.mkdirSync(folder, { recursive: true });
    assert.match((await unfitRoot(machine.home, machine)) ?? '', /is your home folder/);
    assert.match((await unfitRoot(path.dirname(machine.home), machine)) ?? '', /holds your home folder/);
    assert.match((await unfitRoot(machine.temporary, machine)) ?? '', /temporary files/);
    assert.match((await unfitRoot(path.parse(root).root, machine)) ?? '', /whole drive/);
    for (const fit of [root, path.join(machine.home, 'project'), path.join(machine.temporary, 'project'), `${machine.home}s`]) assert.equal(await unfitRoot(fit, machine), undefined);
    if (process.platform !== 'win32') assert.match((await unfitRoot(fs.realpathSync('/var'), machine)) ?? '', /temporary files/);
  });

  it('is one through a link as well, also where the home folder itself is a link', async () => {
    const { root, outside } = newRepo({});
    const home = path.join(outside, 'home');
    fs.symlinkSync(root, home);
    assert.match((await unfitRoot(root, { home, temporary: os.tmpdir() })) ?? '', /is your home folder/);
  });

  it('is refused by everything that opens one, before anything is made', async () => {
    const { outside } = newRepo({});
    const link = path.join(outside, 'link');
    fs.symlinkSync(os.homedir(), link);
    for (const root of [link, os.homedir(), path.parse(outside).root, os.tmpdir()]) {
      await assert.rejects(stateOf(root), (error) => error instanceof StartRefusal && /needs a folder of its own/.test(error.message));
      await assert.rejects(openWorkspace({ root, store: path.join(outside, 'none'), scratch: [], secret: [], contractFile: 'x' }), /needs a folder of its own/);
    }
    assert.equal(fs.existsSync(path.join(outside, 'none')), false);
  });
});

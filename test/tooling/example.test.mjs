import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeExample } from '../../scripts/example.mjs';
import { inRoot } from '../../scripts/root.mjs';

describe('A fresh example', () => {
  /** @type {string} */
  let place;
  beforeEach(() => (place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-example-'))));
  afterEach(() => fs.rmSync(place, { recursive: true, force: true }));

  /** @param {string} folder @param {...string} args */
  const git = (folder, ...args) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();

  it('is a git repository with every file in one commit', async () => {
    const folder = await makeExample(path.join(place, 'work'));
    assert.equal(git(folder, 'rev-list', '--count', 'HEAD'), '1');
    assert.equal(git(folder, 'status', '--porcelain', '--ignored'), '');
    const there = fs.readdirSync(inRoot('examples', 'activations'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.equal(git(folder, 'ls-files').split('\n').length, there.length);
  });

  it('does not use, change or need the settings of the user', async () => {
    const home = path.join(place, 'home');
    const hooks = path.join(home, 'hooks');
    fs.mkdirSync(hooks, { recursive: true });
    fs.writeFileSync(path.join(hooks, 'pre-commit'), '#!/bin/sh\ntouch "$HOME/hook-ran"\nexit 1\n', { mode: 0o755 });
    const settings = `[core]\n\thooksPath = ${hooks}\n[commit]\n\tgpgsign = true\n[user]\n\tname = The User\n`;
    fs.writeFileSync(path.join(home, '.gitconfig'), settings);
    const before = process.env['HOME'];
    process.env['HOME'] = home;
    try {
      const folder = await makeExample(path.join(place, 'work'));
      assert.equal(git(folder, 'log', '-1', '--format=%an <%ae>'), 'Bounded example <example@bounded.invalid>');
      assert.ok(!/\[user\]|gpg|hooks/i.test(fs.readFileSync(path.join(folder, '.git', 'config'), 'utf8')));
    } finally {
      process.env['HOME'] = before;
    }
    assert.equal(fs.readFileSync(path.join(home, '.gitconfig'), 'utf8'), settings);
    assert.deepEqual(fs.readdirSync(home).sort(), ['.gitconfig', 'hooks']);
  });

  it('is never made over files that are there', async () => {
    fs.writeFileSync(path.join(place, 'mine.txt'), 'mine');
    await assert.rejects(makeExample(place), /not empty/);
    assert.deepEqual(fs.readdirSync(place), ['mine.txt']);
  });
});

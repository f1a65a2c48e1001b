import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { end, start } from '../../scripts/programs.mjs';
import { inRoot } from '../../scripts/root.mjs';
import { chooseModel, modelVariables } from '../../scripts/start/model.mjs';

describe('The model of npm start', () => {
  /** @type {NodeJS.ProcessEnv} */
  let before;
  beforeEach(() => (before = { ...process.env }));
  afterEach(() => {
    for (const name of modelVariables) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it('is the one behind the user’s key when the user agrees', async () => {
    process.env['ANTHROPIC_API_KEY'] = 'a key';
    const { env } = await chooseModel({ ask: async () => true, scripted: () => assert.fail('started') });
    assert.deepEqual(env, {});
  });

  it('is the scripted one without a key, when the user does not agree and when nobody is there; then no key reaches the editor', async () => {
    Object.assign(process.env, { ANTHROPIC_AUTH_TOKEN: 'a token' });
    for (const [key, ask] of /** @type {const} */ ([['', undefined], ['a key', async () => false], ['a key', undefined]])) {
      process.env['ANTHROPIC_API_KEY'] = key;
      const { env } = await chooseModel({ scripted: async () => 'http://127.0.0.1:1', ...(ask === undefined ? {} : { ask }) });
      assert.deepEqual(env, { ANTHROPIC_AUTH_TOKEN: undefined, ANTHROPIC_API_KEY: 'loopback-needs-no-key', ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' });
    }
  });
});

describe('npm start', () => {
  it('serves VS Code to who has the address, and takes everything along when it ends', async function () {
    this.timeout(90_000);
    const place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-start-'));
    const temporary = path.join(place, 'tmp');
    fs.mkdirSync(temporary);
    const { ANTHROPIC_API_KEY: _key, ...env } = process.env;
    const child = start(process.execPath, [inRoot('scripts', 'start.mjs'), '--no-open'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, XDG_CACHE_HOME: place, TMPDIR: temporary } });
    try {
      const [address] = await said(child, /http:\/\/127\.0\.0\.1:\d+\/\?tkn=\S+/);
      const url = new URL(address);
      const folder = url.searchParams.get('folder') ?? '';
      assert.ok(folder.startsWith(place) && fs.existsSync(path.join(folder, '.git')));
      assert.equal((await fetch(url, { redirect: 'manual' })).status, 302, 'the token opens the door and becomes a cookie');
      assert.equal((await fetch(url.origin)).status, 403, 'without it the door is shut');
    } finally {
      await end(child);
    }
    assert.deepEqual(fs.readdirSync(temporary).filter((name) => name.startsWith('bounded-')), []);
    assert.ok(!running().includes(temporary), running());
    fs.rmSync(place, { recursive: true, force: true });
  });
});

/** Waits until a program says something. @param {import('node:child_process').ChildProcess} child @param {RegExp} what @returns {Promise<RegExpExecArray>} */
function said(child, what) {
  let text = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part) => {
        const found = what.exec((text += part));
        if (found !== null) resolve(found);
      });
    }
    child.once('exit', () => reject(new Error(`It ended and said:\n${text}`)));
  });
}

/** The command lines of everything that runs. */
const running = () => spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout;

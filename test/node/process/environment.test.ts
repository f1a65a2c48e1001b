import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { childEnvironment } from '../../../src/node/process/environment.ts';
import { toolchainsOf } from '../../../src/node/process/toolchains.ts';
import { temporaryFolder } from './support.ts';

const fields = { path: '/usr/bin', home: '/h', temp: '/t', network: 'none', variables: {} } as const;

/** Sets variables of this process for the time of a call. */
function withVariables<T>(variables: Readonly<Record<string, string>>, call: () => T): T {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return call();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

describe('the environment of a child', () => {
  const hostile = {
    ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'u', SSH_AUTH_SOCK: 's', GITHUB_TOKEN: 't', NPM_TOKEN: 'n', AWS_SECRET_ACCESS_KEY: 'a', NODE_OPTIONS: '--require ./x.js',
    LD_PRELOAD: '/x.so', BASH_ENV: '/x', PYTHONPATH: '/x', GIT_EXTERNAL_DIFF: '/x', GIT_CONFIG_PARAMETERS: "'a.b=c'", PYTEST_ADDOPTS: '--co', npm_config_registry: 'r', VSCODE_IPC_HOOK_CLI: 'v',
  };

  it('has nothing of the user\'s', () => {
    assert.deepEqual(withVariables(hostile, () => childEnvironment(fields)), childEnvironment(fields));
    assert.deepEqual(Object.keys(childEnvironment(fields)).filter((name) => name in hostile), []);
  });

  it('is fixed in language, time zone and place', () => {
    const { PATH, HOME, TMPDIR, LANG, TZ, CI } = childEnvironment(fields);
    assert.deepEqual({ PATH, HOME, TMPDIR, LANG, TZ, CI }, { PATH: '/usr/bin', HOME: '/h', TMPDIR: '/t', LANG: 'C.UTF-8', TZ: 'UTC', CI: '1' });
  });

  it('keeps git from running what a repository configures', () => {
    const env = childEnvironment(fields);
    assert.equal(env['GIT_CONFIG_GLOBAL'], '/dev/null');
    assert.equal(env['GIT_CONFIG_NOSYSTEM'], '1');
    const settings = Array.from({ length: Number(env['GIT_CONFIG_COUNT']) }, (_, index) => `${env[`GIT_CONFIG_KEY_${index}`]}=${env[`GIT_CONFIG_VALUE_${index}`]}`);
    assert.deepEqual(settings, ['safe.bareRepository=explicit', 'core.fsmonitor=false', 'core.hooksPath=/dev/null', 'protocol.ext.allow=never']);
  });

  it('has a proxy only with the network, and never one with a password', () => {
    const proxies = { HTTPS_PROXY: 'http://proxy:3128', HTTP_PROXY: 'http://me:pw@proxy:3128' };
    assert.equal(withVariables(proxies, () => childEnvironment(fields))['HTTPS_PROXY'], undefined);
    const { HTTPS_PROXY, HTTP_PROXY } = withVariables(proxies, () => childEnvironment({ ...fields, network: 'full' }));
    assert.deepEqual([HTTPS_PROXY, HTTP_PROXY], ['http://proxy:3128', undefined]);
  });

  it('cannot be made to miss its fixed parts by a language manager', () => {
    assert.equal(childEnvironment({ ...fields, variables: { PATH: '/x', HOME: '/x' } })['PATH'], '/usr/bin');
  });
});

describe('the programs of the user', () => {
  const base = temporaryFolder();
  const make = (...names: readonly string[]) => names.map((name) => {
    fs.mkdirSync(path.join(base, name), { recursive: true });
    return path.join(base, name);
  });
  const home = path.join(base, 'home');
  const [pyenv, nvm, local, own, cargo, inTree, opt, rustup] = make('home/.pyenv/shims', 'home/.nvm/versions/node/v20/bin', 'home/.local/bin', 'home/bin', 'home/.cargo/bin', 'work/node_modules/.bin', 'tools/go/bin', 'home/.rustup');
  const of = (...entries: readonly (string | undefined)[]) => toolchainsOf(entries.join(':'), home, [path.join(base, 'work')]);

  it('are never those of the work tree, nor of folders that are not absolute or not there', async () => {
    const link = path.join(base, 'link');
    fs.symlinkSync(inTree ?? '', link);
    assert.equal((await of(inTree, link, 'node_modules/.bin', '.', '', path.join(base, 'absent'), '/usr/bin')).path, fs.realpathSync('/usr/bin'));
  });

  it('come with their installation, but never with a home folder or a folder of many things', async () => {
    assert.deepEqual((await of(nvm, opt, '/usr/bin')).folders, [path.dirname(nvm ?? ''), path.dirname(opt ?? '')]);
    assert.deepEqual((await of(local, own)).folders, [local, own]);
    assert.deepEqual((await of(cargo)).folders, [cargo, rustup]);
  });

  it('come with the variable by which a version manager finds itself', async () => {
    const { folders, variables } = await of(pyenv);
    assert.deepEqual(folders, [path.join(home, '.pyenv')]);
    assert.equal(variables['PYENV_ROOT'], path.join(home, '.pyenv'));
    assert.equal((await of(cargo)).variables['RUSTUP_HOME'], rustup);
  });
});

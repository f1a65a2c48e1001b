import assert from 'node:assert/strict';
import { changedScripts } from '../../../src/core/oracle/decidingScripts.ts';
import { scriptCalls } from '../../../src/core/oracle/scriptCalls.ts';

type Packages = Readonly<Record<string, object | string | undefined>>;

function changed(command: string | readonly string[], before: Packages, now: Packages): readonly string[] {
  const text = (one: object | string | undefined) => (typeof one === 'object' ? JSON.stringify(one) : one);
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return changedScripts([command].flat(), names.map((path) => ({ path, before: text(before[path]), now: text(now[path]) })));
}

const scripts = (of: Readonly<Record<string, string>>, more: object = {}) => ({ ...more, scripts: of });
const base = { 'package.json': scripts({ test: 'node --test', build: 'tsc' }), 'pkg/package.json': scripts({ test: 'node --test', build: 'tsc' }, { name: '@own/pkg' }) };
const turned = { ...base, 'pkg/package.json': scripts({ test: 'exit 0', build: 'tsc' }, { name: '@own/pkg' }) };

describe('a command line that runs scripts', () => {
  const plain: readonly (readonly [string, readonly string[]])[] = [
    ['npm test', ['test']], ['npm t', ['t', 'test']], ['npm run -s build', ['build']], ['CI=1 npm --silent run test:unit -- --grep "a && b" --prefix x', ['test:unit']],
    ['npm run build && npm test', ['build', 'test']], ['yarn lint; pnpm run types > out.txt 2>&1', ['lint', 'types']], ['npm test pkg', ['test']], ["npm test -- 'a $b'", ['test']],
    ['mkdir -p out && bun run x | tee log', ['x']], ['npm restart', ['restart', 'restart', 'stop', 'start']], ['yarn', ['install', 'prepare']],
  ];
  for (const [line, names] of plain) {
    it(`tells plainly that it runs scripts here: ${line}`, () => assert.deepEqual(scriptCalls(line), { here: names, anywhere: [] }));
  }

  for (const line of ['node --test', 'cat package-lock.json yarn.lock', 'npx mocha test', './run.sh test', 'cargo test', 'vitest --run test']) {
    it(`runs none: ${line}`, () => assert.deepEqual(scriptCalls(line), { here: [], anywhere: [] }));
  }
});

describe('scripts that decide', () => {
  it('and settings at the top of another root are compared as those of the main one, also where its package.json is new', () => {
    const manifest = { path: '../api/package.json', before: undefined, now: '{ "mocha": { "dry-run": true } }' };
    assert.deepEqual(changedScripts(['npx mocha'], [{ ...manifest, top: true }]), ['../api/package.json (mocha)']);
    assert.deepEqual(changedScripts(['npx mocha'], [{ ...manifest, path: '../api/inner/package.json' }]), []);
  });

  const lines = [
    'npm --prefix pkg test', 'npm --prefix=pkg test', 'npm test --prefix pkg', 'npm -C pkg test', 'npm -w pkg test', 'npm test -w pkg', 'npm test --workspaces', 'npm test -ws', 'yarn --cwd pkg test', 'yarn workspace @own/pkg test',
    'yarn workspaces foreach -A run test', 'pnpm -C pkg test', 'pnpm --dir pkg test', 'pnpm --filter @own/pkg test', 'pnpm -r test', 'pnpm recursive run test', 'bun --cwd pkg test', 'bun run --filter "*" test',
    'cd pkg && npm test', 'cd pkg; npm t', '(cd pkg && npm test)', 'pushd pkg && npm run test', '. ./env.sh && npm test', 'sh -c "cd pkg && npm test"', 'env -C pkg npm test', 'env --chdir=pkg npm run test',
    'npm_config_workspace=pkg npm test', 'export npm_config_workspace=pkg; npm test', '/usr/bin/npm --prefix pkg test', 'npx lerna run test', 'npx nx run pkg:test', 'turbo run test', 'node --run test', 'cd pkg && node --run test',
    'npx npm-run-all "te*"', 'run-s t{est,x}', 'concurrently npm:test', 'npm --prefix pkg run $WHICH', 'npm --prefix "$(pwd)/pkg" test', 'npm --prefix pkg it', 'corepack pnpm -C pkg test', 'pnpm -C pkg run "/^t/"',
    'for p in pkg; do npm --prefix $p test; done',
  ];
  for (const line of lines) {
    it(`are those of a package in a subfolder: ${line}`, () => assert.deepEqual(changed(line, base, turned), ['pkg/package.json (script test)']));
  }

  it('are those of the root alone where a line says so plainly', () => {
    assert.deepEqual(changed(['npm test', 'npm run build -- --dir pkg', 'node --test'], base, turned), []);
    assert.deepEqual(changed('npm test', base, { ...base, 'package.json': scripts({ test: 'exit 0', build: 'tsc' }) }), ['package.json (script test)']);
    assert.deepEqual(changed('cd pkg && npm test', base, { ...base, 'pkg/package.json': scripts({ test: 'node --test', build: 'tsc -p .', other: 'x' }, { name: '@own/pkg', version: '2.0.0' }) }), []);
  });

  it('are those that scripts run, there and as they are now, with what runs before and after them', () => {
    const through = (body: string) => ({ ...base, 'package.json': scripts({ test: body }) });
    for (const body of ['npm --prefix pkg test', 'cd pkg && npm run test', 'npm run inner', 'node x && lerna run test']) {
      const inner = body === 'npm run inner' ? { inner: 'yarn --cwd pkg test' } : {};
      const [before, now] = [through(body), through(body)].map((one) => ({ ...one, 'package.json': scripts({ test: body, ...inner }) }));
      assert.deepEqual(changed('npm test', before ?? {}, { ...now, 'pkg/package.json': turned['pkg/package.json'] }), ['pkg/package.json (script test)'], body);
    }
    const deep = (build: string) => ({ 'package.json': scripts({}), 'pkg/package.json': scripts({ test: 'npm run build', build }) });
    assert.deepEqual(changed('npm --prefix pkg test', deep('tsc'), deep('true')), ['pkg/package.json (script build)']);
    assert.deepEqual(changed('npm --prefix pkg test', base, { ...base, 'pkg/package.json': scripts({ pretest: 'rm oracle', test: 'node --test', build: 'tsc' }, { name: '@own/pkg' }) }), ['pkg/package.json (script pretest)']);
    assert.deepEqual(changed('npm test', { 'package.json': scripts({ test: 'npm run a', a: 'npm test' }) }, { 'package.json': scripts({ test: 'npm run a', a: 'npm test', b: '' }) }), []);
  });

  it('are gone with their package, and come with one that takes its place', () => {
    assert.deepEqual(changed('cd pkg && npm test', base, { 'package.json': base['package.json'] }), ['pkg/package.json (script test)']);
    assert.deepEqual(changed('cd src && npm test', base, { ...base, 'src/package.json': scripts({ test: 'exit 0' }) }), ['src/package.json (script test)']);
    const named = { 'pkg/package.json': base['pkg/package.json'] };
    assert.deepEqual(changed('npm -w @own/pkg test', named, { ...named, 'evil/package.json': scripts({ test: 'exit 0' }, { name: '@own/pkg' }) }), ['evil/package.json (script test)']);
    assert.deepEqual(changed('npm -w @own/pkg test', named, { ...named, 'more/package.json': scripts({ test: 'exit 0' }, { name: '@own/more' }) }), []);
    assert.deepEqual(changed('npm test', {}, { 'package.json': scripts({ test: 'node --test' }) }), []);
  });

  it('come with what chooses their package', () => {
    assert.deepEqual(changed('npm -w @own/pkg test', base, { ...base, 'pkg/package.json': scripts({ test: 'node --test', build: 'tsc' }, { name: 'other' }) }), ['pkg/package.json (name)']);
    const root = (workspaces: readonly string[]) => ({ 'package.json': scripts({ test: 'x' }, { workspaces }) });
    assert.deepEqual(changed('npm test -ws', root(['pkg']), root([])), ['package.json (workspaces)']);
    assert.deepEqual(changed('npm test', root(['pkg']), root([])), []);
  });

  it('come with the settings of test runners, which can pass everything', () => {
    const [of, dry] = [{ test: 'mocha' }, { mocha: { 'dry-run': true } }];
    assert.deepEqual(changed('npm test', { 'package.json': scripts(of) }, { 'package.json': scripts(of, dry) }), ['package.json (mocha)']);
    assert.deepEqual(changed('npx mocha', { 'package.json': scripts(of, dry) }, { 'package.json': scripts(of) }), ['package.json (mocha)']);
    assert.deepEqual(changed('npx mocha', {}, { 'package.json': dry }), ['package.json (mocha)']);
    assert.deepEqual(changed('npm test', { 'package.json': scripts(of, dry) }, { 'package.json': scripts(of, dry), 'new/package.json': dry }), []);
    assert.deepEqual(changed('npm test', { 'package.json': scripts(of) }, { 'package.json': scripts(of, { dependencies: { a: '1' } }) }), []);
  });

  it('come with whatever else a manifest says that checks may read, in every package that was there', () => {
    const of = { lint: 'node tools/lint.mjs $npm_package_config_dir' };
    for (const [key, before, now] of [['config', { dir: 'src' }, { dir: 'docs' }], ['eslintConfig', { root: true }, undefined], ['type', undefined, 'module'], ['prettier', undefined, {}], ['packageManager', 'npm@10.0.0', 'yarn@1.0.0'], ['__proto__x', 1, 2]] as const) {
      assert.deepEqual(changed('npm run lint', { 'package.json': scripts(of, { [key]: before }) }, { 'package.json': scripts(of, { [key]: now }) }), [`package.json (${key})`], key);
      assert.deepEqual(changed('npm run lint', { 'package.json': scripts(of), 'sub/package.json': { [key]: before } }, { 'package.json': scripts(of), 'sub/package.json': { [key]: now } }), [`sub/package.json (${key})`], key);
    }
    assert.deepEqual(changed('npm test', { 'package.json': '{"__proto__":{"a":1}}' }, { 'package.json': '{"__proto__":{"a":2}}' }), ['package.json (__proto__)']);
    const describing = { version: '2', description: 'x', main: 'a.js', exports: { '.': './a.js' }, dependencies: { a: '1' }, devDependencies: { b: '1' }, files: ['a.js'], bin: 'a.js', sideEffects: false, engines: { node: '>=20' } };
    assert.deepEqual(changed('npm run lint', { 'package.json': scripts(of) }, { 'package.json': scripts(of, describing) }), []);
  });

  it('are not hidden by a text that cannot be read', () => {
    for (const text of ['{', '../evil.json', '[]']) assert.deepEqual(changed('cd pkg && npm test', base, { ...base, 'pkg/package.json': text }).slice(0, 1), ['pkg/package.json (script test)'], text);
    assert.deepEqual(changed('npm test', { 'package.json': 'a.json' }, { 'package.json': 'b.json' }), ['package.json (script test)']);
    assert.deepEqual(changed('npm test', { 'package.json': `\ufeff${JSON.stringify(scripts({ test: 'a' }))}` }, { 'package.json': `\ufeff${JSON.stringify(scripts({ test: 'b' }))}` }), ['package.json (script test)']);
  });
});

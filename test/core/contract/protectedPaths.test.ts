import assert from 'node:assert/strict';
import fc from 'fast-check';
import { foldPath } from '../../../src/core/contract/foldPath.ts';
import { isProtected } from '../../../src/core/contract/protectedPaths.ts';

describe('a protected path', function () {
  this.timeout(60_000);

  const everyones = ['.git/config', '.git', 'sub/.git/hooks/pre-commit', '.bounded/task/PLAN.md', '.bounded/x.bounded.yaml', 'contracts/x.bounded.yaml'];
  const tools = [
    '.vscode/settings.json', '.vscode/tasks.json', '.idea/workspace.xml', 'x.code-workspace', '.cursor/mcp.json', '.roo/mcp.json', '.claude/settings.json', '.codex/config.toml', '.env', '.env.local', '.gitmodules',
    '.husky/pre-commit', '.envrc', '.npmrc', 'conftest.py', '.mocharc.json', 'jest.config.ts', 'pyproject.toml', 'Makefile', 'src/conftest.py', 'sitecustomize.py', '.devcontainer/devcontainer.json', '.devcontainer.json', '.yarnrc.yml', '.yarnrc', 'rust-toolchain.toml', '.cargo/config.toml',
    '.github/workflows/ci.yml', '.config/git/config', '.mcp.json', '.pre-commit-config.yaml', 'lefthook.yml', 'gradle/wrapper/gradle-wrapper.properties', '.bazelrc', '.pnp.cjs', 'package.json', 'src/package.json', '.zshrc', '.ripgreprc',
    'vite.config.ts', 'web/vitest.workspace.json', 'tsconfig.json', 'src/tsconfig.build.json', 'jsconfig.json', 'eslint.config.mjs', '.eslintrc', '.eslintrc.cjs', '.eslintignore', 'biome.json', 'biome.jsonc', '.prettierrc', '.prettierrc.yaml', 'prettier.config.js',
    'ruff.toml', '.ruff.toml', 'mypy.ini', '.mypy.ini', '.flake8', '.pylintrc',
  ];
  const free = ['src/a.ts', 'README.md', '.github/ISSUE_TEMPLATE.md', 'git/config', 'src/git/x', 'a.gitx', 'vscode/x.ts', 'docs/.vscodex', 'packages/x/y.json', 'test/conftest.ts', 'bounded.yaml', 'x.bounded.yamlx', 'environment.ts', '.github/x', 'src/vite.ts', 'biome.ts', 'src/eslint.ts', 'docs/tsconfig.md'];

  for (const path of [...everyones, ...tools]) it(`is ${path}, whatever the scope sweeps over`, () => assert.notEqual(isProtected(path, ['**', '*', '.*', '**/*', 'src/**', '**/*.json', '.*/**', 'sub/**']), undefined));
  for (const path of free) it(`is not ${path}`, () => assert.equal(isProtected(path, []), undefined));
  for (const path of tools) it(`is not ${path} where the contract names it`, () => assert.equal(isProtected(path, ['docs/**', path]), undefined));
  for (const [path, glob] of [['.vscode/settings.json', '.vscode/**'], ['.github/workflows/ci.yml', '.github/workflows/*.yml'], ['a/conftest.py', '**/conftest.py'], ['.vscode/x/y', '.vscode'], ['.env.test', '.env*']] as const) {
    it(`is not ${path} where the contract names ${glob}`, () => assert.equal(isProtected(path, [glob]), undefined));
  }
  for (const path of everyones) it(`is ${path}, even where the contract names it`, () => assert.notEqual(isProtected(path, [path, `${path}/**`, '.git/**', '.bounded/**']), undefined));

  it('stays one in another folder than the one that the contract names it in', () => {
    assert.equal(isProtected('tools/conftest.py', ['tools/conftest.py', 'tests/**']), undefined);
    assert.notEqual(isProtected('tests/conftest.py', ['tools/conftest.py', 'tests/**']), undefined);
  });

  it('says which rule it is', () => {
    assert.equal(isProtected('a/.vscode/b', ['**']), '.vscode');
    assert.equal(isProtected('.github/workflows/x.yml', []), '.github/workflows');
  });

  const spellings = ['.GIT/config', '.Git/config', '.g\u200Cit/config', '.git\u200B/x', '.git./x', '.git /x', '.git::$INDEX_ALLOCATION/x', 'GIT~1/config', 'git~2/x', '.vscode\\settings.json', '.VSCODE/tasks.json', 'VSCODE~1/tasks.json', 'x/./.git/y', './/.git', '.BOUNDED/x', 'BOUNDE~1/x', '.hu\u017Fky/pre-commit', 'X.Bounded.YAML', '.\uFEFFgit/x', 'GITMOD~1'];
  for (const path of spellings) it(`is one in the spelling ${JSON.stringify(path)}`, () => assert.notEqual(isProtected(path, ['**']), undefined));

  it('is one in every spelling that some file system takes for it', () => {
    const disguise = fc.array(fc.constantFrom<(text: string, at: number) => string>(
      (text, at) => text.slice(0, at) + (text[at] ?? '').toUpperCase() + text.slice(at + 1),
      (text, at) => `${text.slice(0, at)}\u200D${text.slice(at)}`,
      (text) => text.replaceAll('/', '\\'),
      (text) => text.replace('/', '. /'),
      (text) => text.replace('/', '//'),
      (text) => `a/../${text}`.replace('a/../', './'),
    ), { maxLength: 6 });
    fc.assert(fc.property(fc.constantFrom(...everyones, ...tools), disguise, fc.nat(30), (path, disguises, at) => {
      const spelled = disguises.reduce((text, apply) => apply(text, Math.min(at, text.length)), path);
      assert.notEqual(isProtected(spelled, ['**']), undefined, spelled);
    }));
  });

  it('folds a path to one spelling, and folding it again changes nothing', () => {
    assert.equal(foldPath('SRC\\Cafe\u0301 /x.TS.'), 'src/café/x.ts');
    assert.equal(foldPath('a/../b'), 'a/../b');
    assert.equal(foldPath('STRAẞE'), foldPath('strasse'));
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (path) => assert.equal(foldPath(foldPath(path)), foldPath(path))));
  });
});

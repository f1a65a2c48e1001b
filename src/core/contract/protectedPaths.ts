import { compileGlobs } from '../guard/globs.ts';
import type { Path } from '../session/changes.ts';
import { foldPath } from './foldPath.ts';

/** Never changed by a session, whatever the contract says: git's own state, Bounded's, and contracts. */
const always: readonly string[] = ['.git', '.bounded', '*.bounded.yaml', '*.bounded.yml'];

/**
 * Files that editors, shells, package managers, test runners, linters, type checkers and agents run or obey by themselves. A session changes
 * one only if the contract names it; a glob that merely sweeps over it (`**`, `tests/**`) does not.
 */
const unlessNamed: readonly string[] = [
  '.vscode', '.idea', '*.code-workspace', '.devcontainer', '.devcontainer.json', '.zed', '.fleet', '.vs',
  '.claude', '.claude.json', '.mcp.json', '.cursor', '.cursorrules', '.roo', '.cline', '.clinerules', '.codex', '.gemini', '.windsurf', '.continue', '.aider*',
  '.husky', '.githooks', 'lefthook*', '.lefthook*', '.pre-commit-config.yaml', '.pre-commit-config.yml', '.lintstagedrc*',
  '.github/workflows', '.github/actions', '.gitlab-ci.yml', '.circleci', '.travis.yml', 'Jenkinsfile', 'azure-pipelines.yml', '.buildkite',
  '.gitmodules', '.gitconfig', '.config/git', '.gitattributes', '.gitignore',
  '.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile', '.zshrc', '.zprofile', '.zshenv', '.zlogin', '.zlogout', '.envrc', '.env*', '.direnv',
  'package.json', '.npmrc', '.yarnrc*', '.yarn', '.pnp.*', '.pnpmfile.cjs', 'pnpm-workspace.yaml', 'bunfig.toml',
  '.cargo', 'rust-toolchain', 'rust-toolchain.toml', 'build.rs', '.mvn', 'gradle-wrapper.properties', 'maven-wrapper.properties', '.bazel*', '.tool-versions', 'mise.toml', '.mise*',
  '.mocharc*', '.nycrc*', '.c8rc*', '.taprc', 'jest.config.*', 'vite.config.*', 'vitest.config.*', 'vitest.workspace.*', 'ava.config.*', 'karma.conf*', 'playwright.config.*', 'cypress.config.*', 'babel.config.*', '.babelrc*',
  'tsconfig*.json', 'jsconfig.json', 'eslint.config.*', '.eslintrc*', '.eslintignore', 'biome.json', 'biome.jsonc', '.prettierrc*', 'prettier.config.*',
  'ruff.toml', '.ruff.toml', 'mypy.ini', '.mypy.ini', '.flake8', '.pylintrc',
  'pytest.ini', '.pytest.ini', 'tox.ini', 'setup.cfg', 'pyproject.toml', 'noxfile.py', 'Makefile', 'GNUmakefile', 'justfile', '.justfile', 'Taskfile.yml', 'Taskfile.yaml',
  'conftest.py', 'sitecustomize.py', 'usercustomize.py', '*.pth', 'pyrightconfig.json', '.ripgreprc', '.sops.yaml',
];

interface Rule {
  readonly name: string;
  /** Consecutive segments of a path, folded. */
  readonly segments: readonly RegExp[];
}

const alwaysRules = always.map(compile);
const namedRules = unlessNamed.map(compile);

/**
 * The rule that keeps a session from changing `path`, or undefined. `named` are the globs of the contract that may
 * name a protected path: a glob does so by a segment that spells it, such as `.github/workflows/**` or
 * `tests/conftest.py`; `**`, `.*` and `tests/**` do not. `.git`, `.bounded` and contracts cannot be named.
 * Paths are compared as a file system that folds case, Unicode and short names would.
 */
export function isProtected(path: Path, named: readonly string[]): string | undefined {
  const segments = foldPath(path).split('/');
  return isNeverNamed(path) ?? namedRules.find((rule) => matches(rule, segments) && !named.some((glob) => names(glob, rule, path)))?.name;
}

/** The rule of those that no contract can lift by naming a path, or undefined. Also for a glob. */
export function isNeverNamed(path: Path): string | undefined {
  const segments = foldPath(path).split('/');
  return alwaysRules.find((rule) => matches(rule, segments))?.name;
}

function names(glob: string, rule: Rule, path: Path): boolean {
  return matches(rule, foldPath(glob).split('/')) && compileGlobs([glob])(path) !== undefined;
}

function compile(name: string): Rule {
  return { name, segments: foldPath(name).split('/').map(segmentPattern) };
}

/** Also takes the short name that FAT and NTFS give a file: `.gitmodules` is `GITMOD~1` there. */
function segmentPattern(segment: string): RegExp {
  const spelled = segment.split('*').map(escape).join('.*');
  const short = escape(segment.replace(/\..*$/, (end, at: number) => (at === 0 ? end : '')).replace(/[.* ]/g, '').slice(0, 6));
  return short === '' ? new RegExp(`^${spelled}$`, 's') : new RegExp(`^(?:${spelled}|${short}~\\d+(?:\\..*)?)$`, 's');
}

function escape(text: string): string {
  return text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
}

function matches(rule: Rule, segments: readonly string[]): boolean {
  return segments.some((_, start) => rule.segments.every((pattern, index) => pattern.test(segments[start + index] ?? '')));
}

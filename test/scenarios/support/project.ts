import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A small project in a git repository of its own, with private state beside it. */
export interface Project {
  readonly root: string;
  readonly contract: string;
  readonly env: Readonly<Record<string, string>>;
  write(file: string, text: string): void;
  git(...words: string[]): string;
  remove(): void;
}

const files: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "stats", "type": "module", "private": true, "scripts": { "test": "node --test test" } }\n',
  'src/stats/mean.js': 'export function mean(values) {\n  return values.reduce((sum, value) => sum + value, 0) / values.length;\n}\n',
  'src/other/neighbour.js': 'export const limit = 3;\nexport const name = "neighbour";\n',
  'test/mean.test.js': 'import assert from "node:assert";\nimport test from "node:test";\nimport { mean } from "../src/stats/mean.js";\n\ntest("mean of two", () => assert.strictEqual(mean([1, 3]), 2));\ntest("mean of one", () => assert.strictEqual(mean([7]), 7));\n',
  '.gitignore': 'node_modules/\nbuild/\n',
};

/** The contract of most scenarios: add a variance, measured against a reference for two lengths. */
export function contractText(more: { readonly top?: string; readonly oracle?: string; readonly change?: string } = {}): string {
  return `task: |
  Add the population variance to src/stats.
scope:
  change: ${more.change ?? '[src/stats/**, docs/variance.md]'}
  never: [src/other/**]
  oracle: [oracle/**]
oracle:
  record: [node --version]
  checks:
    - id: variance-matches
      run: node oracle/check.mjs --n \${n}
      matrix: { n: [2, 5] }
      timeout: 20s
      metrics: { max_abs_error: { at-most: 1e-9 } }
    - id: tests-unchanged
      before: pass
      run: node --test test
      timeout: 60s
      tests: { at-least: 2, skipped: 0 }
${more.oracle ?? ''}budget: { cost: 5 USD, turns: 60, time: 20m }
${more.top ?? ''}`;
}

/** `place`: the folder in which everything of the project is made. `more`: files beside those of every project. */
export function makeProject(contract: string = contractText(), { place = os.tmpdir(), more = {} }: { readonly place?: string; readonly more?: Readonly<Record<string, string>> } = {}): Project {
  const base = mkdtempSync(path.join(place, 'bounded-scenario-'));
  const root = path.join(base, 'work');
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  for (const [file, text] of Object.entries({ ...files, ...more })) write(file, text);
  write('.bounded/task.bounded.yaml', contract);
  const env = { PATH: process.env['PATH'] ?? '', HOME: base, XDG_STATE_HOME: path.join(base, 'state'), GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: root, env, encoding: 'utf8' });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'start');
  return { root, contract: path.join(root, '.bounded/task.bounded.yaml'), env, write, git, remove: () => rmSync(base, { recursive: true, force: true }) };
}

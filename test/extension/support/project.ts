import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { folder } from './editor.ts';

const files: Readonly<Record<string, string>> = {
  'src/stats/mean.js': 'export function mean(values) {\n  return values.reduce((sum, value) => sum + value, 0) / values.length;\n}\n',
  'src/other/neighbour.js': 'export const limit = 3;\nexport const name = "neighbour";\n\nexport function twice(value) {\n  return value * 2;\n}\n',
  'test/stats/mean.test.mjs': 'import assert from "node:assert";\nimport test from "node:test";\nimport { mean } from "../../src/stats/mean.js";\n\ntest("mean of two", () => assert.strictEqual(mean([1, 3]), 2));\n',
  'tools/stray.mjs': 'import { readFileSync, writeFileSync } from "node:fs";\nconst file = "src/other/neighbour.js";\nwriteFileSync(file, readFileSync(file, "utf8").replace("limit = 3", "limit = 4"));\n',
};

/** The contract of the suite's sessions: add a variance, measured against a reference. */
export const contractFile = '.bounded/variance.bounded.yaml';

const contract = `task: |
  Add the population variance to src/stats.
scope:
  change: [src/stats/**, docs/variance.md]
  never: [src/other/**]
  oracle: [oracle/**]
on-stray: flag
oracle:
  checks:
    - id: variance-matches
      run: node oracle/check.mjs --n \${n}
      matrix: { n: [2, 5] }
      timeout: 20s
      metrics: { max_abs_error: { at-most: 1e-9 } }
    - id: mean-unchanged
      before: pass
      run: node --test test/stats
      timeout: 60s
      tests: { at-least: 1, skipped: 0 }
commands: { allow: [node tools/stray.mjs], sandbox: preferred }
budget: { cost: 5 USD, turns: 60, time: 20m }
`;

/** A small project with a repository in the suite's folder, private state elsewhere, and a model service at `url`. */
export interface Project {
  readonly root: string;
  read(file: string): string;
  write(file: string, text: string): void;
  git(...words: string[]): string;
}

export function makeProject(url: string): Project {
  const root = folder().fsPath;
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: root, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: os.tmpdir(), GIT_CONFIG_NOSYSTEM: '1' } });
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  if (!existsSync(path.join(root, '.git'))) git('init', '-q', '-b', 'main');
  for (const [file, text] of Object.entries(files)) write(file, text);
  write(contractFile, contract);
  git('add', '-A');
  git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '--allow-empty', '-m', 'project of the suite');
  process.env['XDG_STATE_HOME'] = mkdtempSync(path.join(os.tmpdir(), 'bounded-suite-state-'));
  process.env['ANTHROPIC_BASE_URL'] = url;
  process.env['ANTHROPIC_API_KEY'] = 'test-key-0123456789';
  return { root, write, git, read: (file) => readFileSync(path.join(root, file), 'utf8') };
}

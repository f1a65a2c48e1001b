import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { call } from '../../support/messagesServer/replies.ts';
import type { Moves } from './moves.ts';
import { right } from './moves.ts';
import type { Project } from './project.ts';

/** A second repository, `../api` from the project. */
export interface Sibling {
  readonly root: string;
  write(file: string, text: string): void;
  /** Text of a file, undefined where there is none. */
  read(file: string): string | undefined;
  git(...words: string[]): string;
}

const apiFiles: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "api", "type": "module", "private": true }\n',
  'src/scale.js': 'export const scale = 1;\n',
  'src/other/neighbour.js': 'export const limit = 3;\n',
  'oracle/wanted.json': '{ "scale": 2 }\n',
  'README.md': '# api\n',
  '.env': 'TOKEN=hunter2-hunter2\n',
  '.gitignore': '.env\nnode_modules/\n',
};

/** Compares with the scale that the other repository wants, by files of both. */
const check = `import { existsSync, readFileSync } from 'node:fs';
for (const file of ['.env', '.git', 'leads-out']) if (existsSync('../api/' + file)) throw new Error(file + ' is in the checkout');
const wanted = JSON.parse(readFileSync('../api/oracle/wanted.json', 'utf8')).scale;
const { scale } = await import('../../api/src/scale.js');
const found = await import('../src/stats/variance.js').catch((error) => (error.code === 'ERR_MODULE_NOT_FOUND' ? undefined : Promise.reject(error)));
const report = { nonce: process.env.BOUNDED_NONCE };
console.log(JSON.stringify(found === undefined ? { ...report, error: null, reason: 'not-implemented' } : { ...report, error: Math.abs(found.variance([1, 3]) * scale - wanted) }));
`;

export const twoRootsContract = (more = ''): string => `task: |
  Scale the variance by what the api says.
roots: [../api]
scope:
  change: [src/stats/**, ../api/src/**]
  never: [src/other/**]
  oracle: [oracle/**, ../api/oracle/**]
oracle:
  checks:
    - id: scaled
      run: node oracle/check.mjs
      timeout: 20s
      metrics: { error: { at-most: 1e-9 } }
phases: [explore, baseline, minimal-hook, review]
budget: { cost: 5 USD, turns: 60, time: 20m }
${more}`;

/** Makes the second repository, and gives both the files of the task. */
export function makeSibling(project: Project, name = 'api'): Sibling {
  const root = path.join(path.dirname(project.root), name);
  const at = (file: string): string => path.join(root, file);
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), text);
  };
  for (const [file, text] of Object.entries(apiFiles)) write(file, text);
  project.write('oracle/check.mjs', check);
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: root, env: project.env, encoding: 'utf8' });
  symlinkSync('../work', at('leads-out'));
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'start');
  return { root, write, git, read: (file) => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : undefined) };
}

const plan = {
  summary: 'Variance here, scale there.', integration_point: 'src/stats/variance.js', options: [{ option: 'both', chosen: true, why: 'smallest' }, { option: 'here', chosen: false, why: 'twice' }],
  files_to_change: ['src/stats/variance.js', '../api/src/scale.js'], files_not_to_change: ['src/other/**'],
  steps: [{ id: 'code', title: 'Both', depends_on: [], files: ['src/stats/variance.js', '../api/src/scale.js'], expected: 'green', check: 'scaled' }], oracle: 'Compare.', risks: ['none'],
};

/** A run over both repositories without any trouble. */
export const overBoth = {
  'explore': [[call('read', { file_path: '../api/src/scale.js' }), call('grep', { pattern: 'scale' }), call('glob', { pattern: '../api/**' }), call('submit_plan', plan)]],
  'minimal-hook': [[
    call('read', { file_path: '../api/src/scale.js' }), call('write', { file_path: 'src/stats/variance.js', content: right }),
    call('edit', { file_path: '../api/src/scale.js', old_string: 'scale = 1', new_string: 'scale = 2' }), call('run_oracle', {}), call('complete_phase', { summary: 'Scaled.' }),
  ]],
  'review': [[call('report_findings', { findings: [] })]],
} satisfies Moves;

import { call } from '../../support/messagesServer/replies.ts';
import type { Moves } from './moves.ts';
import { plan, right } from './moves.ts';

/** A short session that does everything that reaches the disk: new and replaced files, a command that writes and deletes, an oracle run, boundaries. */
export const durableContract = `task: |
  Add the population variance to src/stats.
scope:
  change: [src/stats/**]
  never: [src/other/**]
  oracle: [oracle/**]
oracle:
  checks:
    - id: there
      run: node oracle/there.mjs
      timeout: 20s
budget: { cost: 50 USD, turns: 60, time: 20m }
phases: [explore, baseline, minimal-hook]
gates: { explore: auto, minimal-hook: person }
`;

/** Files of the project beside those of every scenario. */
export const durableFiles: Readonly<Record<string, string>> = {
  'oracle/there.mjs': "import { existsSync } from 'node:fs';\nprocess.exit(existsSync('src/stats/variance.js') ? 0 : 1);\n",
  'src/stats/old.js': '// to be deleted\n',
  'src/stats/big.js': `// ${'x'.repeat(20_000)}\n`,
};

/** Cannot be made twice, as a model would not in a second conversation. */
const mean = { from: 'values.reduce((sum, value) => sum + value, 0)', to: 'values.reduce((total, value) => total + value, 0)' };
const bigger = `// ${'y'.repeat(30_000)}\n`;
const table = "printf '// table\\n' > src/stats/table.js && rm src/stats/old.js";

export const durableMoves: Moves = {
  'explore': [[call('submit_plan', { ...plan, files_to_change: ['src/stats/**'], steps: [{ id: 'code', title: 'Variance', depends_on: [], files: ['src/stats/variance.js'], expected: 'green', check: 'there' }] })]],
  'minimal-hook': [[
    call('write', { file_path: 'src/stats/variance.js', content: right }),
    call('read', { file_path: 'src/stats/mean.js' }),
    call('edit', { file_path: 'src/stats/mean.js', old_string: mean.from, new_string: mean.to }),
    call('read', { file_path: 'src/stats/big.js' }),
    call('write', { file_path: 'src/stats/big.js', content: bigger }),
    call('bash', { command: table }),
    call('complete_phase', { summary: 'Variance added.' }),
  ]],
};

/** What may lie at each path of the work tree at any moment: the bytes before or those after, nothing between. Absent is allowed where `null` is named. */
export function allowedContents(before: ReadonlyMap<string, string>): ReadonlyMap<string, readonly (string | null)[]> {
  const meanBefore = before.get('src/stats/mean.js') ?? '';
  const after: readonly (readonly [string, string | null])[] = [
    ['src/stats/variance.js', right], ['src/stats/mean.js', meanBefore.replace(mean.from, mean.to)], ['src/stats/big.js', bigger], ['src/stats/table.js', '// table\n'], ['src/stats/old.js', null],
  ];
  const allowed = new Map<string, (string | null)[]>([...before].map(([path, text]) => [path, [text]]));
  for (const [path, text] of after) allowed.set(path, [before.get(path) ?? null, text]);
  return allowed;
}

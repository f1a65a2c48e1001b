import { someOf } from '../../core/session/someOf.ts';
import { baseTree } from '../diffUse.ts';
import { withHunks } from '../hunks.ts';
import { differences, look } from '../look.ts';
import type { Run } from '../run.ts';
import { contractPage } from './contractText.ts';
import { oracleFiles } from './decoys.ts';
import { planPart } from './planText.ts';

const mostDiff = 200_000;

/** The reviewer's whole context: contract, plan, oracle and diff. Nothing that the implementer said or thought. */
export async function reviewTurn(run: Run): Promise<string> {
  const { tree } = await look(run);
  const { session } = run.recorder;
  const files = await oracleFiles(run, tree);
  return [
    '# Review',
    'You review a change that you did not make. Look for these four kinds of finding only: an unmet requirement of the task; a test or oracle that would pass although the implementation is wrong; a change that is out of scope; a numerical risk. No style, no new abstractions, no praise. Each finding names file and line in the diff and the exact trigger; where you can, give a command that exits with a status other than 0 while the finding is true (Bounded runs it in a clean checkout). Report all that you find, with its severity; an empty list is a good answer. End with report_findings.', '',
    contractPage(session.contract), planPart(session.line.plan),
    `## Oracle files (frozen)\n${files.map(([path]) => path).join('\n') || 'none'}\n`,
    `## Diff against the base\n${await diffText(run, tree)}`,
  ].filter((part) => part !== '').join('\n');
}

async function diffText(run: Run, tree: string): Promise<string> {
  const parts: string[] = [];
  let length = 0;
  const diffs = await differences(run, baseTree(run.recorder.session), tree);
  for await (const [diff, hunks] of withHunks(run.ports.workspace, diffs)) {
    if (length > mostDiff) break;
    const body = hunks.map((hunk) => `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@\n${hunk.lines.join('\n')}`).join('\n');
    const part = `--- ${diff.before === undefined ? '/dev/null' : diff.path}\n+++ ${diff.after === undefined ? '/dev/null' : diff.path}\n${diff.binary ? '(binary)' : body}`;
    parts.push(part);
    length += part.length + 1;
  }
  const text = parts.join('\n');
  const rest = diffs.slice(parts.length).map(({ path }) => path);
  if (rest.length === 0 && text.length <= mostDiff) return `${text}\n`;
  return `${text.slice(0, mostDiff)}\n(the diff is longer; read the last file here whole${rest.length === 0 ? '' : `, and these: ${someOf(rest, 200)}`})\n`;
}

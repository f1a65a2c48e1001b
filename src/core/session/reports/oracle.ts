import { describeConditions } from '../../oracle/cells.ts';
import { describeCell } from '../../oracle/describe.ts';
import type { Session } from '../session.ts';
import { code, list, page, plainText, table } from './markdown.ts';

export function oraclePage(session: Session): string | undefined {
  if (!session.locked && session.line.runs.length === 0) return undefined;
  const { line, contract } = session;
  const last = line.runs.findLast((run) => run.purpose !== 'decoy');
  return page('Oracle', [
    ['Checks', table(['Check', 'Command', 'Wanted', 'Due by'], contract.oracle.checks.map((check) => [code(check.id), code(check.run), plainText(describeConditions(check)), check.by]))],
    ['Frozen files', line.frozen === undefined ? 'Not frozen yet.' : list(line.frozen.map((file) => `${code(file.path)} ${file.oid.slice(0, 12)}`))],
    ['Wrong implementations tried on it', list(line.decoys.map((decoy) => `${code(decoy.name)} ${plainText(decoy.wrong_how)}: **${decoy.result ?? 'not run'}**${decoy.detail === undefined ? '' : ` (${plainText(decoy.detail)})`}`))],
    ['Last run', last === undefined ? '' : `${last.id}, ${last.purpose}, tree ${code(last.tree)}\n\n${list(last.cells.map((cell) => plainText(describeCell(cell))))}`],
    ['Environment', list((last?.environment ?? []).map((record) => `${code(record.command)}: ${code(record.output)}`))],
  ]);
}

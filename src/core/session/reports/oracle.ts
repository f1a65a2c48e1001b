import { describeConditions } from '../../oracle/cells.ts';
import type { Session } from '../session.ts';
import { checkGaps } from '../view/notMeasured.ts';
import { decoyLine, runTable } from './lines.ts';
import { code, list, page, plainText, table, tableCode } from './markdown.ts';

export function oraclePage(session: Session): string | undefined {
  if (!session.locked && session.line.runs.length === 0) return undefined;
  const { line, contract } = session;
  const last = line.runs.findLast((run) => run.purpose !== 'decoy');
  return page('Oracle', [
    ['Checks', table(['Check', 'Command', 'Wanted', 'Due by'], contract.oracle.checks.map((check) => [tableCode(check.id), tableCode(check.run), plainText(describeConditions(check)), check.by]))],
    ['Frozen files', line.frozen === undefined ? 'Not frozen yet.' : list(line.frozen.map((file) => `${code(file.path)} ${code(file.oid)}`))],
    ['Wrong implementations tried on it', list(line.decoys.map(decoyLine))],
    ['Not covered', list(checkGaps(session).map(plainText))],
    ['Last run', last === undefined ? 'It has not run in this attempt.' : runTable(last)],
    ['Environment', list((last?.environment ?? []).map((record) => `${code(record.command)}: ${code(record.output) || 'no output'}`))],
  ]);
}

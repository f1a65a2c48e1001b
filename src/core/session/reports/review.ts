import type { Session } from '../session.ts';
import { code, page, plainText, table } from './markdown.ts';

export function reviewPage(session: Session): string | undefined {
  const { findings, reviewed } = session.line;
  if (!reviewed && findings.length === 0) return undefined;
  const rows = findings.map((one) => [one.id, `${one.kind}, ${one.severity}`, `${code(one.file)} line ${one.line}`, plainText(one.claim), plainText(one.trigger), one.command === undefined ? '' : code(one.command), `${one.outcome ?? 'open'}${one.detail === undefined ? '' : `: ${plainText(one.detail)}`}`]);
  return page('Review', [
    ['How', 'In a fresh context, on contract, plan, oracle and diff alone. Bounded ran each command itself in a clean checkout.'],
    ['Findings', rows.length === 0 ? 'None.' : table(['Id', 'Kind', 'Where', 'Claim', 'Trigger', 'Command', 'Outcome'], rows)],
  ]);
}

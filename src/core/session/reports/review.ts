import type { Finding, Session } from '../session.ts';
import { findingLine } from './lines.ts';
import { code, list, page, plainText } from './markdown.ts';

/** The findings of this attempt. After a rewind the page of an earlier one must not stay. */
export function reviewPage({ line, attempts }: Session): string | undefined {
  if (!line.reviewed && line.findings.length === 0) return attempts > 1 ? page('Review', [['Review', `Attempt ${line.attempt} was not reviewed yet.`]]) : undefined;
  return page('Review', [
    ['How', 'In a fresh context, on contract, plan, oracle and diff alone. Bounded ran each command itself in a clean checkout.'],
    ['Findings', list(line.findings.flatMap(paragraphs))],
  ]);
}

function paragraphs(finding: Finding): readonly string[] {
  const command = finding.command === undefined ? '' : `\n  - Command: ${code(finding.command)}`;
  return [`${findingLine(finding)}\n  - Trigger: ${plainText(finding.trigger)}${command}`];
}

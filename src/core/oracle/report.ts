import type { Check } from '../contract/contract.ts';
import { readJsonObject } from './jsonObject.ts';
import type { RawRun } from './result.ts';

/** The metrics that a process reported, or why there is no report that counts. */
export type Report =
  | { readonly kind: 'report'; readonly values: Readonly<Record<string, unknown>> }
  | { readonly kind: 'missing'; readonly why: string }
  | { readonly kind: 'invalid'; readonly why: string };

/**
 * The report of this very run: the file that the check names, which must carry the run's nonce, or the last line of
 * standard output that begins a JSON object, which must not carry another one. An earlier line never stands in for a
 * last one that is broken.
 */
export function reportOf(check: Check, raw: RawRun): Report {
  if (check.report !== undefined && !isXml(raw.report)) return fileReport(check.report, raw);
  const line = raw.stdout.split('\n').findLast((text) => text.trimStart().startsWith('{'));
  if (line === undefined) return { kind: 'missing', why: 'standard output has no line with a JSON object' };
  // A program that signs its reports signs the last one too: whatever else prints at its end does not speak for it.
  return accepted('the last JSON line of standard output', line.trim(), raw.nonce, raw.stdout.includes(raw.nonce));
}

/** A report file in XML is a report of tests; the metrics are on standard output then. */
export function isXml(report: string | undefined): report is string {
  return report !== undefined && report.trimStart().startsWith('<');
}

function fileReport(path: string, raw: RawRun): Report {
  if (raw.reportFault !== undefined) return { kind: 'invalid', why: `${path} ${raw.reportFault}` };
  if (raw.report === undefined) return { kind: 'missing', why: `${path} was not written` };
  if (raw.reportStale === true) return { kind: 'invalid', why: `${path} is older than the run` };
  return accepted(path, raw.report, raw.nonce, true);
}

function accepted(where: string, text: string, nonce: string, nonceWanted: boolean): Report {
  const read = readJsonObject(text);
  if ('fault' in read) return { kind: 'invalid', why: `${where} ${read.fault}` };
  const given = Object.hasOwn(read.object, 'nonce') ? read.object['nonce'] : undefined;
  if (given === undefined && nonceWanted) return { kind: 'invalid', why: `${where} does not carry the nonce of this run (BOUNDED_NONCE)` };
  if (given !== undefined && given !== nonce) return { kind: 'invalid', why: `${where} carries the nonce of another run` };
  return { kind: 'report', values: read.object };
}

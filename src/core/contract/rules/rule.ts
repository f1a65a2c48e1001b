import type { Fix } from '../contract.ts';
import type { Located } from '../located.ts';
import { pathText, pointAt } from '../located.ts';
import type { Remark } from '../remarks.ts';

/** A rule between keys. It reads what is written as far as it makes sense; the schema reports the rest. */
export type Rule = (root: Located, text: string) => readonly Remark[];

export function error(text: string, at: Located, message: string, expected?: string, fixes?: readonly Fix[]): Remark {
  return { ...about(text, at), message, severity: 'error', ...(expected === undefined ? {} : { expected }), ...(fixes === undefined ? {} : { fixes }) };
}

export function warning(text: string, at: Located, message: string, expected?: string): Remark {
  return { ...about(text, at), message, severity: 'warning', ...(expected === undefined ? {} : { expected }) };
}

/** An error about a key rather than its value. */
export function keyError(text: string, at: Located, message: string, expected?: string, fixes?: readonly Fix[]): Remark {
  return { ...error(text, at, message, expected, fixes), span: at.key ?? pointAt(text, at) };
}

export function keyWarning(text: string, at: Located, message: string, expected?: string): Remark {
  return { ...warning(text, at, message, expected), span: at.key ?? pointAt(text, at) };
}

function about(text: string, at: Located): Pick<Remark, 'span' | 'path'> {
  return { span: pointAt(text, at), path: pathText(at.path) };
}

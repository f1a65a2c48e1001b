import type { Contract, Problem } from './contract.ts';
import { contractShape } from './fileSchema.ts';
import { contractOf } from './fill.ts';
import type { Located } from './located.ts';
import { pointAt } from './located.ts';
import type { Remark } from './remarks.ts';
import { toProblems } from './remarks.ts';
import { axesUsed, evidenceIsPositive, idsUnique, matrixSound, overridesFit } from './rules/checkRules.ts';
import { conditionsWhole } from './rules/conditionRules.ts';
import { oracleWork, phasesInOrder, phasesTakePlace } from './rules/phaseRules.ts';
import { globsReachRoots, rootsApart } from './rules/rootRules.ts';
import type { Rule } from './rules/rule.ts';
import { globsOnce, noContradiction, noProtectedScope, wholeWorkspace } from './rules/scopeRules.ts';
import { shapeRemarks } from './shapeRemarks.ts';
import { readYaml } from './yamlText.ts';

const rules: readonly Rule[] = [
  rootsApart, globsReachRoots, globsOnce, noContradiction, noProtectedScope, wholeWorkspace,
  phasesInOrder, phasesTakePlace, oracleWork,
  idsUnique, axesUsed, matrixSound, overridesFit, evidenceIsPositive, conditionsWhole,
];

export interface ContractReading {
  /** Present if no problem is an error. */
  readonly contract?: Contract;
  /** Every problem, in the order of the text. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a contract. Never throws, and takes bounded time for any text. A text that is not readable as YAML
 * has only its syntax reported, because what follows from broken syntax is guesswork. Offsets of fixes and columns of
 * the first line leave out a byte order mark.
 */
export function readContract(text: string): ContractReading {
  const body = withoutMark(text);
  const { root, remarks, linePos } = readYaml(body);
  if (root === undefined) return { problems: toProblems(remarks, linePos) };
  if (root.kind !== 'map') return { problems: toProblems([...remarks, notAMap(body, root)], linePos) };
  const parsed = contractShape.safeParse(root.value);
  const all = [...remarks, ...(parsed.success ? [] : shapeRemarks(body, root, parsed.error.issues)), ...rules.flatMap((rule) => rule(root, body))];
  const problems = toProblems(all, linePos);
  return parsed.success && all.every(({ severity }) => severity !== 'error') ? { contract: contractOf(parsed.data), problems } : { problems };
}

/** The text without a byte order mark, as editors show it. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function notAMap(text: string, root: Located): Remark {
  return { span: pointAt(text, root), path: '', message: 'a contract is a map of keys', expected: 'at least `task`, `scope` and `oracle`', severity: 'error' };
}

import type { Contract, Problem } from './contract.ts';
import type { Change } from './changesOf.ts';
import { changesOf, plainAfter, samePlain } from './changesOf.ts';
import { applyEdits } from './edits.ts';
import type { Located } from './located.ts';
import { pathText } from './located.ts';
import { readContract, withoutMark } from './reader.ts';
import type { Remark } from './remarks.ts';
import { toProblems } from './remarks.ts';
import { spliceOf } from './splice.ts';
import { readYaml } from './yamlText.ts';

export type Amended =
  | { readonly text: string; readonly contract: Contract; readonly changes: readonly AmendedKey[] }
  /** `where` is the text that the positions of the problems count in: the fragment, or the contract as it would be. */
  | { readonly problems: readonly Problem[]; readonly where: 'fragment' | 'contract' };

export interface AmendedKey {
  /** Dotted path, such as `budget.cost`; of the list for an appended item. */
  readonly path: string;
  readonly how: 'added' | 'replaced' | 'appended';
}

/**
 * Merges a YAML fragment into the text of a contract: maps key by key, items of scope lists, checks (by their id) and
 * the like are added, everything else is replaced. What the fragment does not name keeps its characters, comments
 * and layout. The outcome is a valid contract, or the problems that say why not.
 */
export function applyAmendment(contractText: string, fragmentYaml: string): Amended {
  const base = withoutMark(contractText);
  const fragmentText = withoutMark(fragmentYaml);
  const [old, fragment] = [readYaml(base), readYaml(fragmentText)];
  if (old.root === undefined || old.remarks.length > 0) return { problems: toProblems(old.remarks, old.linePos), where: 'contract' };
  const refuse = (remarks: readonly Remark[]): Amended => ({ problems: toProblems(remarks, fragment.linePos), where: 'fragment' });
  if (fragment.root === undefined || fragment.remarks.length > 0) return refuse(fragment.remarks);
  if (old.root.kind !== 'map' || fragment.root.kind !== 'map') return refuse([fault('a change is a map of keys of the contract')]);
  const changes = changesOf(old.root, fragment.root);
  if (changes.length === 0) return refuse([fault('this changes nothing: the contract says so already')]);
  const text = written(base, old.root, fragmentText, changes);
  if (text === undefined) return refuse([fault('the change does not fit into the layout of the contract file: it has to be written by hand')]);
  const { contract, problems } = readContract(text);
  if (contract === undefined) return { problems, where: 'contract' };
  return { text: contractText.slice(0, contractText.length - base.length) + text, contract, changes: changes.map(({ path, how }) => ({ path: pathText(path), how })) };
}

/** The contract with the changes, first as the fragment spells them, then in a plain spelling; read back before it is believed. */
function written(base: string, root: Located, fragmentText: string, changes: readonly Change[]): string | undefined {
  const wanted = changes.reduce<unknown>(plainAfter, root.value);
  const innerFirst = [...changes].sort((a, b) => depth(b) - depth(a));
  return [fragmentText, undefined]
    .map((spelling) => applyEdits(base, innerFirst.map((change) => spliceOf(base, root, change, spelling))))
    .find((text) => {
      const read = readYaml(text);
      return read.remarks.length === 0 && samePlain(read.root?.value, wanted);
    });
}

/** Of the map or list that grows. Where an inner and an outer one end at the same place, the inner one comes first in the text. */
function depth({ how, path }: Change): number {
  return how === 'appended' ? path.length : path.length - 1;
}

function fault(message: string): Remark {
  return { span: { start: 0, end: 0 }, path: '', message, severity: 'error' };
}

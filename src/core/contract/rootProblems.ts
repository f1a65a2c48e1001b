import type { Problem } from './contract.ts';
import { locate, pointAt } from './located.ts';
import { withoutMark } from './reader.ts';
import { toProblems } from './remarks.ts';
import { readYaml } from './yamlText.ts';

/** What the disk has against the roots of a contract, each at its place in the text. `faults`: by their place in the list. */
export function rootProblems(text: string, faults: ReadonlyMap<number, string>): readonly Problem[] {
  const body = withoutMark(text);
  const { root, linePos } = readYaml(body);
  return toProblems([...faults].flatMap(([index, message]) => {
    const at = root === undefined ? undefined : locate(root, ['roots', index]);
    return at === undefined ? [] : [{ span: pointAt(body, at), path: `roots[${index}]`, message, severity: 'error' as const }];
  }), linePos);
}

import type { Contract, PhaseName } from '../contract/contract.ts';
import { isProtected } from '../contract/protectedPaths.ts';
import type { Path } from '../session/changes.ts';
import type { Standing } from '../session/session.ts';
import { compileGlobs } from './globs.ts';
import { phaseRights } from './rights.ts';

export interface PathStanding {
  readonly standing: Extract<Standing, 'in-scope' | 'out-of-scope' | 'oracle-protected'>;
  /** The rule that decided, for people and for the model. */
  readonly rule: string;
}

/** What a change of `path` would be in this phase. `never` wins over `change`; the oracle's files change in oracle-only alone. */
export function standingOf(contract: Contract, phase: PhaseName, path: Path): PathStanding {
  const { scope } = contract;
  const change = scope.change.map((area) => area.glob);
  const guarded = isProtected(path, change);
  if (guarded !== undefined) return { standing: 'out-of-scope', rule: `protected: ${guarded}` };
  const never = compileGlobs(scope.never)(path);
  if (never !== undefined) return { standing: 'out-of-scope', rule: `scope.never: ${never}` };
  const right = phaseRights[phase];
  const oracle = compileGlobs(scope.oracle)(path);
  if (oracle !== undefined) {
    return right === 'oracle' ? { standing: 'in-scope', rule: `scope.oracle: ${oracle}` } : { standing: 'oracle-protected', rule: `scope.oracle: ${oracle} does not change in ${phase}` };
  }
  const area = compileGlobs(change)(path);
  if (area === undefined) return { standing: 'out-of-scope', rule: 'no glob of scope.change matches' };
  if (right !== 'change') return { standing: 'out-of-scope', rule: `${phase} may change ${right === 'oracle' ? 'the oracle\'s files only' : 'nothing'}` };
  return { standing: 'in-scope', rule: `scope.change: ${area}` };
}

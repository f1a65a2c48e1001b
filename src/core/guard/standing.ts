import type { PhaseName } from '../contract/contract.ts';
import { isProtected } from '../contract/protectedPaths.ts';
import type { Path } from '../session/changes.ts';
import type { Session, Standing } from '../session/session.ts';
import { compileGlobs } from './globs.ts';
import { phaseRights } from './rights.ts';

export interface PathStanding {
  readonly standing: Extract<Standing, 'in-scope' | 'out-of-scope' | 'oracle-protected'>;
  /** The rule that decided, for people and for the model. */
  readonly rule: string;
}

/** What a change of `path` would be in the running phase. `never` wins over `change`; the oracle's files change in oracle-only alone, the contract by amendment alone. */
export function standingOf(session: Pick<Session, 'contract' | 'contractFile'>, phase: PhaseName, path: Path): PathStanding {
  if (path === session.contractFile) return { standing: 'out-of-scope', rule: 'the contract changes by an amendment only' };
  const { scope } = session.contract;
  const change = scope.change.map((area) => area.glob);
  const guarded = isProtected(path, phaseRights[phase] === 'oracle' ? [...change, ...scope.oracle] : change);
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

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
  return standingsIn(session, phase)(path);
}

/** The same for many paths: the globs are compiled once, which takes a hundred times as long as to ask them about a path. */
export function standingsIn({ contract: { scope }, contractFile }: Pick<Session, 'contract' | 'contractFile'>, phase: PhaseName): (path: Path) => PathStanding {
  const right = phaseRights[phase];
  const change = scope.change.map((area) => area.glob);
  const named = right === 'oracle' ? [...change, ...scope.oracle] : change;
  const [isNever, isOracle, isChange] = [compileGlobs(scope.never), compileGlobs(scope.oracle), compileGlobs(change)];
  return (path) => {
    if (path === contractFile) return { standing: 'out-of-scope', rule: 'the contract changes by an amendment only' };
    const guarded = isProtected(path, named);
    if (guarded !== undefined) return { standing: 'out-of-scope', rule: `protected: ${guarded}` };
    const never = isNever(path);
    if (never !== undefined) return { standing: 'out-of-scope', rule: `scope.never: ${never}` };
    const oracle = isOracle(path);
    if (oracle !== undefined) {
      return right === 'oracle' ? { standing: 'in-scope', rule: `scope.oracle: ${oracle}` } : { standing: 'oracle-protected', rule: `scope.oracle: ${oracle} does not change in ${phase}` };
    }
    const area = isChange(path);
    if (area === undefined) return { standing: 'out-of-scope', rule: 'no glob of scope.change matches' };
    if (right !== 'change') return { standing: 'out-of-scope', rule: `${phase} may change ${right === 'oracle' ? 'the oracle\'s files only' : 'nothing'}` };
    return { standing: 'in-scope', rule: `scope.change: ${area}` };
  };
}

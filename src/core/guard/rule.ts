import type { PhaseName } from '../contract/contract.ts';
import { foldPath } from '../contract/foldPath.ts';
import { isNeverNamed } from '../contract/protectedPaths.ts';
import type { Path } from '../session/changes.ts';
import type { Session } from '../session/session.ts';
import { overBudget } from './budget.ts';
import { isAllowedPlainly } from './commands.ts';
import { compileGlobs, type GlobSet } from './globs.ts';
import type { Proposal, Ruling } from './proposal.ts';
import { deny } from './proposal.ts';
import { phaseRights } from './rights.ts';
import { standingOf } from './standing.ts';

/** Facts of the moment that the session does not hold. */
export interface RulingFacts {
  /** Files with unsaved changes in an editor. */
  readonly unsaved: readonly Path[];
}

/** The guard: may this proposal be carried out? Pure; the phase rights of tools have been checked before. */
export function rule(session: Session, proposal: Proposal, facts: RulingFacts): Ruling {
  switch (proposal.kind) {
    case 'look': return ruleLook(session, proposal.paths);
    case 'edit': return ruleEdit(session, proposal, facts);
    case 'execute': return ruleExecute(session, proposal.command);
    case 'report': return { allow: true };
  }
}

function ruleLook(session: Session, paths: readonly Path[]): Ruling {
  const secret = secretsOf(session);
  const hidden = paths.find((path) => secret(path) !== undefined);
  if (hidden !== undefined) return deny('secret', `${hidden} matches scope.secret (${secret(hidden)}) and is never read`);
  const control = paths.find((path) => isNeverNamed(path) === '.git');
  return control === undefined ? { allow: true } : deny('scope', `${control} belongs to git, not to the work tree`);
}

/** A secret is one in every spelling that some file system takes for it: what was read and sent cannot be taken back. */
function secretsOf(session: Session): GlobSet {
  const { secret } = session.contract.scope;
  const exact = compileGlobs(secret);
  const folded = compileGlobs(secret.map((glob) => glob.normalize('NFC').toLowerCase()));
  return (path) => exact(path) ?? folded(foldPath(path));
}

/** Whether a path may be changed at all in this phase, before anything is known of the change. */
export function ruleTarget(session: Session, path: Path): Ruling {
  const phase = phaseOf(session);
  const secret = secretsOf(session)(path);
  if (secret !== undefined) return deny('secret', `${path} matches scope.secret (${secret})`);
  const { standing, rule: because } = standingOf(session, phase, path);
  if (standing === 'oracle-protected') return deny('scope', `${path} belongs to the oracle and is frozen now (${because})`);
  if (standing !== 'in-scope') return deny(phaseRights[phase] === 'nothing' ? 'phase' : 'scope', `${path} must not change (${because})`);
  return { allow: true };
}

function ruleEdit(session: Session, proposal: Extract<Proposal, { kind: 'edit' }>, facts: RulingFacts): Ruling {
  const { path } = proposal.change;
  const target = ruleTarget(session, path);
  if (!target.allow) return target;
  if (facts.unsaved.includes(path)) return deny('user', `${path} has unsaved changes in an editor; they are the user's`);
  const over = overBudget(session.contract.diff, proposal.after);
  return over === undefined ? { allow: true } : deny('budget', `the diff budget would be exceeded: ${over}`);
}

/** Whether the commands of a session run in a sandbox. */
export function isSandboxed({ sandbox, contract }: Pick<Session, 'sandbox'> & { readonly contract: Pick<Session['contract'], 'commands'> }): boolean {
  return sandbox.kind !== 'none' && contract.commands.sandbox !== 'off';
}

function ruleExecute(session: Session, command: string): Ruling {
  if (isSandboxed(session)) return { allow: true };
  const phase = phaseOf(session);
  if (phaseRights[phase] === 'nothing') return deny('command', `without a sandbox no command runs in ${phase}`);
  if (isAllowedPlainly(command, session.contract.commands)) return { allow: true };
  return deny('command', `without a sandbox only these command lines run, joined by && || ; |: ${session.contract.commands.allow.join(' · ') || '(none)'}`);
}

function phaseOf(session: Session): PhaseName {
  const { phase } = session.line;
  if (phase === undefined) throw new Error('a proposal was made outside of a phase');
  return phase;
}

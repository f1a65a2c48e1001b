import type { PhaseName } from '../../../../src/core/contract/contract.ts';
import type { SandboxState, Session } from '../../../../src/core/session/session.ts';
import { base, phase } from '../../session/support/events.ts';
import { contractOf, Story } from '../../session/support/journal.ts';

export const guardedContract = `task: Extract activation vectors.
scope:
  change: [src/**, docs/*.md, '**/notes.txt', oracle/draft/**, .github/workflows/ci.yml]
  never: [src/scheduler/**, '*.lock']
  oracle: [oracle/**, src/fixtures/**]
  secret: [/vault/, Keys/**]
diff: { files: 3, lines: 20, uncounted: [package-lock.json, '*.snap'] }
oracle:
  checks:
    - { id: tests, run: npm test, tests: {} }
commands: { allow: [npm test, node --test, ls -la src, git status] }
`;

/** A session that has just begun a phase, in the sandbox if nothing else is said. */
export function sessionIn(name: PhaseName, more: { readonly sandbox?: SandboxState; readonly contract?: string } = {}): Session {
  const { contract = guardedContract, ...started } = more;
  return new Story(contractOf(contract), { contractFile: 'tasks/extract.yaml', ...started }).tell(base, phase(name)).session;
}

export const noSandbox: SandboxState = { kind: 'none', detail: 'not there' };

import { rewindProblem } from '../../agent/rewind/sinceBoundary.ts';
import { loadContract } from '../../node/session/place.ts';
import { endpointFromEnvironment } from '../../node/session/preflight.ts';
import { resumeSession, startSession, withModel } from '../../node/session/open.ts';
import type { Door } from '../../node/session/open.ts';
import { readToResume } from '../../node/session/read.ts';
import type { GateAnswer, Session } from '../../core/session/session.ts';
import { parseApprovals } from '../approvals.ts';
import { UsageError, parse } from '../arguments.ts';
import { runHeld } from '../hold.ts';
import { createOutput } from '../output.ts';
import type { Output } from '../output.ts';
import { terminalUser } from '../terminalUser.ts';
import { productVersion } from '../version.ts';

/** `bounded run CONTRACT`: a whole session in the terminal. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals: [contract = ''] } = parse(args, {
    workspace: { type: 'string' }, approve: { type: 'string', multiple: true }, unsandboxed: { type: 'boolean' }, model: { type: 'string' }, json: { type: 'boolean' },
  }, { least: 1, most: 1, names: 'CONTRACT' });
  const output = createOutput(values.json === true);
  const loaded = await loadContract(contract, values.workspace);
  const door = doorOf(output, values.approve ?? [], values.unsandboxed === true);
  return runHeld(await startSession({ ...loaded, contract: withModel(loaded.contract, values.model) }, door), output);
}

/** `bounded resume [SESSION]`: goes on where the journal ends, with at most one answer to the open gate. */
export async function resume(args: readonly string[]): Promise<number> {
  const { values, positionals: [id] } = parse(args, {
    workspace: { type: 'string' }, approve: { type: 'string', multiple: true }, 'send-back': { type: 'string' }, rewind: { type: 'string' }, stop: { type: 'boolean' },
    unsandboxed: { type: 'boolean' }, json: { type: 'boolean' },
  }, { least: 0, most: 1, names: '[SESSION]' });
  const given = [values.approve, values['send-back'], values.rewind, values.stop].filter((value) => value !== undefined);
  if (given.length > 1) throw new UsageError('give one of --approve, --send-back, --rewind and --stop');
  const output = createOutput(values.json === true);
  const first: GateAnswer | undefined = values['send-back'] === undefined ? undefined : { kind: 'send-back', note: values['send-back'] };
  const door = doorOf(output, values.approve ?? [], values.unsandboxed === true, first);
  const root = values.workspace ?? process.cwd();
  // What cannot be done is refused before the session is taken up, which is an entry of its trace.
  const { session, folder } = await readToResume(root, id);
  if (values.rewind !== undefined) checkBoundary(session, values.rewind);
  if (first !== undefined && session.gate === undefined) throw new UsageError('no gate is open, so there is nothing to send back');
  const held = await resumeSession(root, folder.id, door);
  return runHeld(held, output, values.stop === true ? { type: 'stop' } : values.rewind === undefined ? undefined : { type: 'rewind-boundary', to: values.rewind });
}

function checkBoundary(session: Session, wanted: string): void {
  if (session.base === undefined) throw new UsageError('the session ended before it recorded what the work tree held at its start: there is nothing to rewind');
  const problem = rewindProblem(session, wanted);
  if (problem !== undefined) throw new UsageError(problem);
}

function doorOf(output: Output, approve: readonly string[], unsandboxed: boolean, first?: GateAnswer): Door {
  return {
    name: 'the terminal', endpoint: endpointFromEnvironment(process.env), user: terminalUser(parseApprovals(approve), first), unsandboxed,
    product: productVersion, progress: output.progress, storeLimit: process.env['BOUNDED_STORE_LIMIT'],
  };
}

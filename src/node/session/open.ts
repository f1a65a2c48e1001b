import { folding } from '../../core/session/evolve.ts';
import type { Contract } from '../../core/contract/contract.ts';
import { diskFault } from '../../core/session/diskFault.ts';
import type { Entry, SessionEvent } from '../../core/session/events.ts';
import { Controller } from '../../agent/controller.ts';
import type { Ports, User } from '../../agent/ports.ts';
import { Recorder } from '../../agent/recorder.ts';
import { sha256 } from '../journal/line.ts';
import { createClock } from '../journal/clock.ts';
import { createJournal, openJournal } from '../journal/journal.ts';
import { createRedact } from '../journal/redaction.ts';
import { createSession, isSameWorkTree, sessionId } from '../journal/sessions.ts';
import type { SessionFolder } from '../journal/sessions.ts';
import type { LoadedContract } from './place.ts';
import { othersOf, portsOf, secretsOf, workspaceOf } from './ports.ts';
import type { ThreadedWorkspace } from '../thread/workspaceThread.ts';
import { paced } from '../workspace/common/pace.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import type { Endpoint } from './ports.ts';
import { checkEndpoint, checkModels, checkRepository, checkSandbox, sandboxOf, sessionSandbox } from './preflight.ts';
import { damaged, findSession, notBegun } from './read.ts';
import { noteGuest } from './guests.ts';
import { StartRefusal } from './refusal.ts';
import { rootsOf, takeLeases } from './roots.ts';
import { stateOf } from './state.ts';
import { storeLimitsOf } from './storeLimit.ts';

/** A session that this process holds: nobody else can work in its work tree until `close`. */
export interface HeldSession {
  readonly controller: Controller;
  readonly workspace: SessionWorkspace;
  readonly folder: SessionFolder;
  /** What was recorded before anybody could listen: that the session started, or was taken up again. A quiet door records that only before something else. */
  readonly opening?: Entry;
  close(): Promise<void>;
}

export interface Door {
  /** Such as `the editor` or `the terminal`. */
  readonly name: string;
  readonly endpoint: Endpoint | undefined;
  readonly user: User;
  /** A person has accepted that commands run with their full rights where no sandbox works. */
  readonly unsandboxed: boolean;
  /** The door runs nothing of the workspace, so it does not matter what sandbox works, and accepts nothing. */
  readonly quiet?: true;
  readonly product: string;
  readonly progress: (text: string) => void;
  /** What a person said that checkpoints may take, such as `4 GiB`. */
  readonly storeLimit?: string | undefined;
}

/** A quiet door sends nothing; an address that nobody listens at keeps it so. */
const nowhere: Endpoint = { apiKey: '', baseUrl: 'http://127.0.0.1:9' };

const endpointMissing = 'no API key: set ANTHROPIC_API_KEY (or store one by "Bounded: Set API Key" in the editor)';

/** Starts a session: every refusal comes before the first change and before the first dollar. Rejects with a StartRefusal. */
export async function startSession(loaded: LoadedContract, door: Door): Promise<HeldSession> {
  const { endpoint } = door;
  if (endpoint === undefined) throw new StartRefusal('cannot-start', endpointMissing);
  const roots = await rootsOf(loaded.root, loaded.contract);
  await checkEndpoint(endpoint);
  const clock = createClock();
  const id = sessionId(clock.now(), clock.id());
  const state = await stateOf(loaded.root);
  const { release, uses } = await takeLeases(roots, { door: door.name, session: id });
  let workspace: ThreadedWorkspace | undefined;
  try {
    const limits = await storeLimitsOf(roots, door.storeLimit);
    workspace = await workspaceOf(roots, loaded.file, loaded.contract);
    await checkRepository(workspace);
    const sandbox = await sessionSandbox(roots.map(({ folder }) => folder), state.dir);
    checkSandbox(loaded.contract, sandbox, door.unsandboxed);
    const { servedBy } = await checkModels(loaded.contract, endpoint);
    const folder = await createSession(state, id);
    await noteGuest(roots, id, loaded.root);
    const journal = await createJournal(folder.trace, { redact: createRedact(secretsOf(endpoint)) });
    const ports = await portsOf({ roots, folder, journal, endpoint, user: door.user, workspace, sandbox, uses, limits, door: door.name });
    const recorder = new Recorder(journal, ports.clock);
    const opening = await recordFirst(recorder, {
      type: 'session/started', session: id, name: loaded.name, contractFile: loaded.file, contractText: loaded.text, contractHash: sha256(loaded.text),
      contract: loaded.contract, workspace: loaded.root, sandbox, product: door.product, endpoint: { url: endpoint.baseUrl, ...(servedBy === undefined ? {} : { servedBy }) },
    });
    return { ...held(ports, recorder, workspace, folder, journal, release, door), opening };
  } catch (error) {
    await workspace?.close();
    await release();
    const fault = diskFault(error);
    throw fault === undefined ? error : new StartRefusal('cannot-start', `the session could not be started: ${fault}`);
  }
}

/** Takes up a session where its journal ends. Rejects with a StartRefusal where it cannot go on. */
export async function resumeSession(root: string, id: string | undefined, door: Door): Promise<HeldSession> {
  const endpoint = door.endpoint ?? (door.quiet === true ? nowhere : undefined);
  if (endpoint === undefined) throw new StartRefusal('cannot-start', endpointMissing);
  const state = await stateOf(root);
  const folder = await findSession(root, state, id);
  if (door.quiet !== true) await checkEndpoint(endpoint);
  const main = await takeLeases([{ name: '', folder: root, state }], { door: door.name, session: folder.id });
  const holdings = [main];
  const release = async (): Promise<void> => {
    for (const one of holdings) await one.release();
  };
  let workspace: ThreadedWorkspace | undefined;
  try {
    const opened = await openJournal(folder.trace, { redact: createRedact(secretsOf(endpoint)) });
    if (opened.kind === 'damaged') throw damaged(folder, opened.problem);
    const session = await paced(folding(opened.entries));
    if (session === undefined) throw notBegun(folder);
    // The lease that this process holds is that of another work tree.
    if (!(await isSameWorkTree(root, session.workspace))) throw new StartRefusal('cannot-start', `the session ${session.id} works in ${session.workspace}; go on with it there, or name that folder by --workspace`);
    // Only the journal tells which other folders there are; the session is this process's already.
    const roots = await rootsOf(session.workspace, session.contract);
    const others = await takeLeases(othersOf(roots), { door: door.name, session: folder.id });
    holdings.push(others);
    const limits = await storeLimitsOf(roots, door.storeLimit);
    // Also where one has come in the place of another, or somebody has removed its private state.
    await noteGuest(roots, session.id, session.workspace);
    workspace = await workspaceOf(roots, session.contractFile, session.contract);
    // A rewind may be what mends it.
    if (door.quiet !== true) await checkRepository(workspace);
    const folders = roots.map((one) => one.folder);
    const sandbox = door.quiet === true ? await sandboxOf(...folders) : await sessionSandbox(folders, state.dir);
    if (door.quiet !== true) checkSandbox(session.contract, sandbox, door.unsandboxed || session.sandbox.kind === 'none');
    const ports = await portsOf({ roots, folder, journal: opened.journal, endpoint, user: door.user, workspace, sandbox, uses: new Map([...main.uses, ...others.uses]), limits, door: door.name });
    const resumed: SessionEvent = { type: 'session/resumed', door: door.name, ...(door.quiet === true ? {} : { sandbox }) };
    const recorder = new Recorder(opened.journal, ports.clock, session, door.quiet === true ? resumed : undefined);
    if (opened.cut !== undefined) door.progress(`the last record of the trace was cut off by a crash and is kept in ${opened.cut.keptIn}`);
    const holds = held(ports, recorder, workspace, folder, opened.journal, release, door);
    return door.quiet === true ? holds : { ...holds, opening: await recordFirst(recorder, resumed) };
  } catch (error) {
    await workspace?.close();
    await release();
    throw error;
  }
}

/** The contract with another model for everything, as a person chose on the command line. */
export function withModel(contract: Contract, model: string | undefined): Contract {
  return model === undefined ? contract : { ...contract, model: { ...contract.model, main: model, reviewer: model, fast: model } };
}

function held(ports: Ports, recorder: Recorder, workspace: ThreadedWorkspace, folder: SessionFolder, journal: { close(): Promise<void> }, release: () => Promise<void>, door: Door): HeldSession {
  const controller = new Controller(ports, recorder, () => new AbortController(), door.progress);
  return {
    controller, workspace, folder,
    async close() {
      await controller.close();
      try {
        await workspace.close();
        await journal.close();
      } finally {
        // A disk that fails at the very end keeps nobody from the work tree.
        await release();
      }
    },
  };
}

/** Records the entry that a session starts or goes on with, and answers it for those who listen from then on. */
function recordFirst(recorder: Recorder, event: SessionEvent): Promise<Entry> {
  return new Promise((resolve, reject) => {
    const off = recorder.onEntry((_session, entry) => {
      off();
      resolve(entry);
    });
    recorder.record(event).catch(reject);
  });
}

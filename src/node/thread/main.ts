import { parentPort, workerData } from 'node:worker_threads';
import { openRoots } from '../roots/openRoots.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import { faultOf } from './faults.ts';
import { type Answer, end, ended, opening, type Question, type ThreadData } from './messages.ts';
import { giveWay } from './priority.ts';

// The program of the thread in which a session's work trees are looked at, compared and written.

const port = parentPort;
if (port === null) throw new Error('this is the program of a thread');
const { open, state } = workerData as ThreadData;
giveWay();
const workspace = openRoots(open);

function answer(id: number, work: (workspace: SessionWorkspace) => unknown): void {
  const say = (said: Answer): void => port?.postMessage(said);
  workspace.then(async (opened) => ({ value: await work(opened), bytes: opened.stores.map((store) => store.bytes) })).then((said) => say({ id, ...said }), (error: unknown) => say({ id, fault: faultOf(error) }));
}

function perform({ id, of, call, args }: Question): void {
  answer(id, (opened) => {
    const target = (of === 'workspace' ? opened : opened.stores[of]) as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>> | undefined;
    return target?.[call]?.(...args);
  });
}

/** The threads that this one has are told first, by the event of its end. */
function finish(): void {
  process.once('exit', () => {
    Atomics.store(state, 0, ended);
    Atomics.notify(state, 0);
  });
  process.exit();
}

answer(opening, (opened) => opened.root);
port.on('message', (message: Question | typeof end) => (message === end ? finish() : perform(message)));

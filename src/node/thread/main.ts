import { parentPort, workerData } from 'node:worker_threads';
import { openRoots } from '../roots/openRoots.ts';
import { Queue } from '../workspace/common/queue.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import { faultOf } from './faults.ts';
import { end, ended, type FromThread, next, opening, type Question, type ThreadData, type ToThread } from './messages.ts';
import { isLarge, Joined, stepsOf } from './pieces.ts';
import { giveWay } from './priority.ts';

// The program of the thread in which a session's work trees are looked at, compared and written.

const port = parentPort;
if (port === null) throw new Error('this is the program of a thread');
const { open, state } = workerData as ThreadData;
giveWay();
const workspace = openRoots(open);

const say = (said: FromThread): void => port.postMessage(said);

/** Large answers go one after the other; small ones do not wait for them. */
const largeAnswers = new Queue();
/** What the one that is under way waits for. */
let goOn = (): void => undefined;
/** What is large in the question that comes in. */
const asked = new Joined();

function answer(id: number, work: (workspace: SessionWorkspace) => unknown): void {
  workspace.then(async (opened) => ({ opened, value: await work(opened) })).then(({ opened, value }) => tell(id, opened, value), (error: unknown) => say({ id, fault: faultOf(error) }));
}

async function tell(id: number, { stores }: SessionWorkspace, value: unknown): Promise<void> {
  const bytes = () => stores.map((store) => store.bytes);
  if (!isLarge(value)) return say({ id, value, bytes: bytes() });
  // All at once: what is answered may change while it is under way.
  const steps = Array.from(stepsOf(value));
  await largeAnswers.run(async () => {
    for (const step of steps) {
      const turned = new Promise<void>((resolve) => (goOn = resolve));
      say({ step });
      await turned;
    }
    say({ id, inPieces: true, bytes: bytes() });
  });
}

function perform(question: Question): void {
  const { id, of, call } = question;
  const args = 'args' in question ? question.args : asked.handOut() as readonly unknown[];
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
port.on('message', (message: ToThread) => {
  if (message === end) finish();
  else if (message === next) goOn();
  else if ('step' in message) asked.take(message.step);
  else perform(message);
});

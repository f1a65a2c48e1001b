import type { FromWebview } from '../../core/protocol.ts';
import { perform } from '../acts/perform.ts';
import type { App } from '../app.ts';
import { contractAt } from '../contracts.ts';
import { open } from '../open/target.ts';
import { continueSession, resumeSession } from '../start/resumeSession.ts';
import { startOnContract } from '../start/startOnContract.ts';
import { startTask } from '../start/startTask.ts';

/** Does what a message of the side view asks for. */
export async function handle(app: App, message: FromWebview): Promise<void> {
  switch (message.type) {
    case 'ready': return;
    case 'intention': return message.intention.type === 'continue' ? continueSession(app) : void (await perform(app, message.intention));
    case 'start': return message.contract === undefined ? startTask(app) : startListed(app, message.contract);
    case 'start-example': return (await import('../demo.ts')).tryExample(app);
    case 'resume': return resumeSession(app, message.session);
    case 'open': return open(app, message.target);
  }
}

/** Only a contract that the side view was told of can be started from there. */
async function startListed(app: App, label: string): Promise<void> {
  const contract = await contractAt(label);
  if (contract === undefined) throw new Error(`${label} is not a contract of this workspace`);
  await startOnContract(app, contract);
}

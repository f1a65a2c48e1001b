import type { MessagesServer, RecordedRequest } from '../../support/messagesServer/startMessagesServer.ts';
import { startMessagesServer } from '../../support/messagesServer/startMessagesServer.ts';
import type { Reply } from '../../support/messagesServer/replies.ts';
import { runCli, startCli } from './cli.ts';
import type { Ran, Running } from './cli.ts';
import type { Moves } from './moves.ts';
import { honest, play } from './moves.ts';
import type { Project } from './project.ts';
import { makeProject } from './project.ts';

/** A project and a model server, both gone at the end. */
export interface Scenario {
  readonly project: Project;
  readonly server: MessagesServer;
  run(...more: readonly string[]): Promise<Ran>;
  bounded(...args: readonly string[]): Promise<Ran>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
}

/** Runs `work` with the honest moves, changed by `moves`, or with a script of its own. */
export async function scenario(moves: Moves | ((request: RecordedRequest) => Reply | Promise<Reply>), contract: string | undefined, work: (scenario: Scenario) => Promise<void>, where?: Parameters<typeof makeProject>[1]): Promise<void> {
  const project = makeProject(contract, where);
  const server = await startMessagesServer(typeof moves === 'function' ? moves : play({ ...honest, ...moves }));
  let held = false;
  try {
    await work({
      project, server,
      run: (...more) => runCli(project, server.url, 'run', project.contract, '--json', ...more),
      bounded: (...args) => runCli(project, server.url, ...args),
      start: (args, env) => startCli(project, server.url, args, env),
    });
    held = true;
  } finally {
    await server.close();
    removed(project, held);
  }
}

/** What went wrong in a scenario is what has to be told, and not that its project cannot be removed from a disk that it left broken. */
function removed(project: Project, held: boolean): void {
  try {
    project.remove();
  } catch (error) {
    if (held) throw error;
  }
}

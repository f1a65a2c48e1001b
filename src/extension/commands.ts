import * as vscode from 'vscode';
import type { Intention } from '../core/session/view.ts';
import type { OpenTarget } from '../core/protocol.ts';
import type { App } from './app.ts';

type Run = (app: App, given?: unknown) => unknown;

/** Every command by its name; its code is loaded when it is first used. */
const commands: Readonly<Record<string, () => Promise<Run>>> = {
  'bounded.start': async () => (await import('./start/startTask.ts')).startTask,
  'bounded.startOnContract': async () => (await import('./start/startOnContract.ts')).startOnContract,
  'bounded.continue': async () => (await import('./start/resumeSession.ts')).continueSession,
  'bounded.pause': intends({ type: 'pause' }),
  'bounded.stop': intends({ type: 'stop' }),
  'bounded.note': intends({ type: 'note' }),
  'bounded.approve': async () => (await import('./acts/gate.ts')).approve,
  'bounded.sendBack': async () => (await import('./acts/gate.ts')).sendBack,
  'bounded.rewindToBoundary': async () => (await import('./acts/rewinds.ts')).rewindToBoundary,
  'bounded.undoRewind': async () => (await import('./acts/rewinds.ts')).undoLastRewind,
  'bounded.redoRewind': async () => (await import('./acts/rewinds.ts')).redoLastRewind,
  'bounded.rewindHunk': async () => (await import('./acts/flags.ts')).rewindHunk,
  'bounded.rewindHunks': async () => (await import('./acts/hunks.ts')).rewindHunks,
  'bounded.markHunk': async () => (await import('./acts/hunks.ts')).markHunks,
  'bounded.unmarkHunk': async () => (await import('./acts/hunks.ts')).unmarkHunks,
  'bounded.nextUnreviewed': async () => (await import('./acts/hunks.ts')).nextUnreviewed,
  'bounded.resolveConflict': async () => (await import('./acts/conflicts.ts')).resolveConflict,
  'bounded.acceptResolution': async () => (await import('./conflicts/resolve.ts')).acceptResolution,
  'bounded.rewindFile': async () => (await import('./acts/flags.ts')).rewindFile,
  'bounded.allowFlag': async () => (await import('./acts/flags.ts')).allowFlag,
  'bounded.restoreFlag': async () => (await import('./acts/flags.ts')).restoreFlag,
  'bounded.keepBranch': intends({ type: 'keep', how: 'branch' }),
  'bounded.keepSquash': intends({ type: 'keep', how: 'squash' }),
  'bounded.dropBranch': intends({ type: 'keep', how: 'drop' }),
  'bounded.leaveWork': intends({ type: 'keep', how: 'leave' }),
  'bounded.exportPatch': intends({ type: 'keep', how: 'patch' }),
  'bounded.undoEverything': intends({ type: 'keep', how: 'undo' }),
  'bounded.openDiff': opens({ kind: 'diff' }),
  'bounded.openVerdictDiff': opens({ kind: 'verdict-diff' }),
  'bounded.openFileDiff': async () => (await import('./open/diffs.ts')).openFileDiff,
  'bounded.openContract': opens({ kind: 'contract' }),
  'bounded.openPlan': opens({ kind: 'report', file: 'PLAN.md' }),
  'bounded.openOracle': opens({ kind: 'report', file: 'ORACLE.md' }),
  'bounded.openProgress': opens({ kind: 'report', file: 'PROGRESS.md' }),
  'bounded.openReview': opens({ kind: 'report', file: 'REVIEW.md' }),
  'bounded.openEvidence': opens({ kind: 'report', file: 'EVIDENCE.md' }),
  'bounded.openTrace': async () => (await import('./open/target.ts')).openTrace,
  'bounded.showSession': async () => () => vscode.commands.executeCommand('bounded.session.focus'),
  'bounded.showLog': async () => async () => (await import('./log.ts')).log().show(),
  'bounded.setApiKey': async () => (await import('./endpoint.ts')).askForKey,
  'bounded.prune': async () => (await import('./prune.ts')).prune,
  'bounded.tryExample': async () => (await import('./demo.ts')).tryExample,
  'bounded.openWalkthrough': async () => ({ context }) => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`),
};

/** Registers the commands; what goes wrong in one is told to the person. */
export function registerCommands(app: App): vscode.Disposable {
  return vscode.Disposable.from(...Object.entries(commands).map(([name, load]) => vscode.commands.registerCommand(name, async (given?: unknown) => {
    try {
      await (await load())(app, given);
    } catch (error) {
      await (await import('./explain.ts')).explain(error);
    }
  })));
}

function intends(intention: Intention): () => Promise<Run> {
  return async () => {
    const { perform } = await import('./acts/perform.ts');
    return (app) => perform(app, intention);
  };
}

function opens(target: OpenTarget): () => Promise<Run> {
  return async () => {
    const { open } = await import('./open/target.ts');
    return (app) => open(app, target);
  };
}

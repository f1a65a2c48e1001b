import fs from 'node:fs';
import type { Path, TreeId } from '../../../src/core/session/changes.ts';
import { openInThread, type ThreadedWorkspace } from '../../../src/node/thread/workspaceThread.ts';
import { withLoopDelay } from './loopDelay.ts';

/** What the measured process is asked to do with the adapter. */
export type Request =
  | { readonly do: 'open'; readonly root: string; readonly store: string }
  /** A look at everything, as at boundaries, or as before and after a command. */
  | { readonly do: 'checkpoint'; readonly around?: 'command' }
  /** Changes files through the file tools. */
  | { readonly do: 'write'; readonly contents: ReadonlyMap<Path, string> }
  /** Checkpoint of what the file tools wrote, without a look at the rest. */
  | { readonly do: 'checkpointWritten' }
  /** Brings back what differs between two checkpoints. */
  | { readonly do: 'rewind'; readonly from: TreeId; readonly to: TreeId }
  /** Brings back files into a work tree in which there is nothing. */
  | { readonly do: 'bringBack'; readonly tree: TreeId; readonly paths: readonly Path[] };

export interface Answer {
  /** The checkpoint's tree, if one was taken. */
  readonly tree?: TreeId;
  /** How many files a rewind brought back. */
  readonly files?: number;
}

export interface Measured extends Answer {
  readonly ms: number;
  /** Longest time in milliseconds that the event loop did not turn. */
  readonly blockedMs: number;
  /** Most memory that this process has had so far, in bytes. */
  readonly peak: number;
}

let workspace: ThreadedWorkspace | undefined;

function opened(): ThreadedWorkspace {
  if (workspace === undefined) throw new Error('no workspace was opened');
  return workspace;
}

async function perform(request: Request): Promise<Answer> {
  switch (request.do) {
    case 'open':
      workspace = await openInThread({ roots: [{ name: '', folder: request.root, store: request.store }], scratch: [], secret: ['.env*'], contractFile: '.bounded/task.bounded.yaml' });
      return {};
    case 'checkpoint':
      return { tree: (await opened().capture(request.around)).tree };
    case 'checkpointWritten':
      return { tree: (await opened().captureWritten([])).tree };
    case 'write':
      return write(request.contents);
    case 'rewind':
      return rewind(request.from, request.to);
    case 'bringBack':
      return bringBack(request.tree, request.paths);
  }
}

async function write(contents: ReadonlyMap<Path, string>): Promise<Answer> {
  for (const [path, content] of contents) {
    const found = await opened().read(path);
    if (found.kind !== 'text') throw new Error(`${path} is ${found.kind}`);
    const outcome = await opened().apply({ kind: 'write', path, content, expected: found.blob });
    if (!outcome.ok) throw new Error(outcome.detail);
  }
  return {};
}

async function rewind(from: TreeId, to: TreeId): Promise<Answer> {
  const changed = await opened().diff(to, from);
  const outcome = await opened().restore(changed.map(({ path, before, after }) => ({ path, target: before ?? null, expected: after ?? null })));
  if (outcome.left.length > 0) throw new Error(`${outcome.left[0]?.path} was left: ${outcome.left[0]?.why}`);
  return { files: outcome.restored.length };
}

async function bringBack(tree: TreeId, paths: readonly Path[]): Promise<Answer> {
  const entries = await opened().entries(tree, paths);
  const outcome = await opened().restore(paths.map((path) => ({ path, target: entries.get(path) ?? null, expected: null })));
  return { files: outcome.restored.length };
}

async function measured(request: Request): Promise<Measured> {
  const { value, blockedMs } = await withLoopDelay(async () => {
    const began = performance.now();
    const answer = await perform(request);
    return { ...answer, ms: performance.now() - began };
  });
  return { ...value, blockedMs, peak: peakMemory() };
}

/** Where the system does not tell the peak of this very program, that of the process stands in. */
function peakMemory(): number {
  const text = fs.existsSync('/proc/self/status') ? fs.readFileSync('/proc/self/status', 'utf8') : '';
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? process.resourceUsage().maxRSS);
}

process.on('message', (request: Request) => {
  measured(request).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
// Whoever measures is gone: so is the reason to work.
process.once('disconnect', () => process.exit());
process.send?.({ ready: process.memoryUsage.rss() });

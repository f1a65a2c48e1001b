import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Artifacts, Shell, ShellRequest, ShellResult } from '../../agent/ports.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import { globsIn } from '../../core/contract/roots.ts';
import type { Redact } from '../journal/redaction.ts';
import { identityOf } from '../workspace/disk/openedFolder.ts';
import { Commands } from './commands.ts';
import { GitSecrets } from './gitSecrets.ts';
import { KeptOutput } from './keptOutput.ts';
import { Layers, noteSeen } from './layers.ts';
import { LifeSign } from './lifeSign.ts';
import { plainText } from './plainText.ts';
import { probeSandbox } from './probeSandbox.ts';
import { type ProtectedPaths, type Protection, protectedPaths } from './protectedPaths.ts';
import { killTree, markerOf } from './processTree.ts';
import type { ProcessEnd } from './runProcess.ts';

export interface ShellOptions {
  /** Folder of the work tree, in which commands run. */
  readonly root: string;
  /** The session's other work trees, by their names. */
  readonly others?: ReadonlyMap<RootName, string>;
  readonly artifacts: Artifacts;
  readonly redact: Redact;
  /** Bubblewrap's program; searched on PATH by default. */
  readonly bubblewrap?: string;
  /** File for signs of life while a command runs. */
  readonly alive: string;
  /** Private folder, made on demand, for what a command writes beside the work trees. */
  readonly layers: string;
}

/** Bytes of head and of tail that an artifact keeps of an output. */
const keptBytes = 4 * 1024 * 1024;
/** Characters of an output that a result shows; beyond them head and tail. */
const shownLimit = 28_000;

/** Runs the commands of a model in the work trees. Without a sandbox it runs what it is given: the guard has ruled before. */
export function createShell({ root, others = new Map(), artifacts, redact, bubblewrap, alive, layers: layersDir }: ShellOptions): Shell {
  const life = new LifeSign(alive);
  const trees = [['', root] as const, ...others];
  const workspaces = trees.map(([, folder]) => folder);
  // What is remembered of a history is by its git folder alone, and each work tree has globs of its own.
  const guarded = trees.map(([name, folder]) => ({ name, folder, gitSecrets: new GitSecrets(workspaces) }));
  const commands = new Commands({ workspaces, ...(bubblewrap === undefined ? {} : { bubblewrap }) });
  const layers = new Layers(layersDir, new Map(trees));
  return {
    probe: () => probeSandbox(commands),
    async written() {
      const found = await layers.written();
      if (found === undefined) return undefined;
      const programs = await commands.overlay();
      if (!('missing' in programs)) for (const tree of found.values()) await noteSeen(programs, tree);
      return Object.fromEntries(Array.from(found, ([name, { layer }]) => [name, layer]));
    },
    discard: () => layers.discard(),
    lastRun: async () => {
      const last = await life.last();
      if (last?.call !== undefined) await killTree({ marker: markerOf(last.call) });
      // What changed at that time in another folder of the same name was no command's.
      return last === undefined || last.where !== (await identitiesOf(workspaces)) ? undefined : { from: last.from, to: last.to };
    },
    async run(request, progress, signal) {
      const kept = new KeptOutput(keptBytes, keptBytes);
      const lines = new LineProgress((text) => progress(redact(plainText(text))));
      const onOutput = (chunk: Buffer) => {
        kept.add(chunk);
        lines.add(chunk);
      };
      const { command, timeoutMs, workTree, network } = request;
      const sandboxed = request.sandbox.kind === 'bubblewrap';
      const call = randomUUID();
      // Whatever an earlier command left has landed.
      await layers.discard();
      const layered = sandboxed && workTree === 'writable' && request.sandbox.beside === true ? await layers.make() : [];
      let hiding: GitHiding | undefined;
      const protection = async () => (hiding = together(await Promise.all(guarded.map((tree) => hidingIn(tree, request))))).protection;
      const end = await life.during(call, await identitiesOf(workspaces), () => commands.run({ call, command, shell: sandboxed ? 'bash' : 'sh', root, roots: [...others.values()], sandboxed, workTree, layered, protection, network, timeoutMs, merged: true, onOutput }, signal));
      lines.end();
      const output = redact(plainText(kept.text((omitted) => `\n… ${omitted} bytes left out …\n`)));
      const text = output + notes(end) + gitNotes(command, hiding) + (layered.length === 0 ? '' : moveNotes(output));
      return { ...outcome(end), bytes: kept.bytes, ...(await shown(text, artifacts)) };
    },
  };
}

/** Which folders have these names now. */
async function identitiesOf(folders: readonly string[]): Promise<string> {
  return (await Promise.all(folders.map((folder) => identityOf(folder).catch(() => 'gone')))).join('+');
}

interface GitHiding {
  readonly protection: Protection;
  /** Why git folders are hidden. */
  readonly why: readonly string[];
}

interface GuardedTree {
  readonly name: RootName;
  readonly folder: string;
  readonly gitSecrets: GitSecrets;
}

/** What one work tree protects, by the globs as they read inside of it. */
async function hidingIn({ name, folder, gitSecrets }: GuardedTree, request: ShellRequest): Promise<GitHiding> {
  const secret = globsIn(name, request.secret);
  return hideGit(await protectedPaths(await realpath(folder), globsIn(name, request.readOnly), secret), gitSecrets, secret);
}

function together(all: readonly GitHiding[]): GitHiding {
  const paths = all.map(({ protection }) => protection);
  const protection = { readOnly: paths.flatMap((one) => one.readOnly), hidden: paths.flatMap((one) => one.hidden), pinned: paths.flatMap((one) => one.pinned ?? []) };
  return { protection, why: [...new Set(all.flatMap(({ why }) => why))] };
}

/** Git folders whose objects may hold a secret are not seen at all; the others are read-only. */
async function hideGit(found: ProtectedPaths, gitSecrets: GitSecrets, secret: readonly string[]): Promise<GitHiding> {
  const reasons = await Promise.all(found.gitFolders.map(async (git) => ({ folder: git.folder, why: await gitSecrets.reason(git, secret) })));
  const closed = reasons.flatMap(({ folder, why }) => (why === undefined ? [] : [{ folder, why }]));
  const hidden = [...found.hidden, ...closed.map(({ folder }) => ({ path: folder, directory: true }))];
  return { protection: { ...found, hidden }, why: [...new Set(closed.map(({ why }) => why))] };
}

/** A command that is about git is told why git finds no repository. */
function gitNotes(command: string, hiding: GitHiding | undefined): string {
  return hiding === undefined || hiding.why.length === 0 || !/\bgit\b/.test(command) ? '' : `\n(git's folder is hidden from commands: ${hiding.why.join('; ')})`;
}

/** The one thing that a program may trip over where it writes beside the work tree. */
function moveNotes(output: string): string {
  return /EXDEV|cross-device/i.test(output) ? '\n(a folder that was there before the command cannot be renamed in one step here; mv copies it)' : '';
}

function outcome(end: ProcessEnd): Pick<ShellResult, 'spawnError' | 'exit' | 'signal' | 'timedOut' | 'ms'> {
  const { exit, signal, timedOut, ms } = end;
  return { exit, signal, timedOut, ms, ...(end.spawnError === undefined ? {} : { spawnError: end.spawnError }) };
}

function notes(end: ProcessEnd): string {
  const survivors = end.survivors === 0 ? '' : `\n(${end.survivors} processes that were left running were ended)`;
  return `${end.flooded ? '\n(ended because it wrote too much)' : ''}${survivors}`;
}

async function shown(text: string, artifacts: Artifacts): Promise<Pick<ShellResult, 'output' | 'artifact'>> {
  if (text.length <= shownLimit) return { output: text };
  const artifact = await artifacts.put(text);
  const half = shownLimit / 2;
  const output = `${text.slice(0, half)}\n… ${text.length - shownLimit} characters left out; the output is the artifact ${artifact}, see read_artifact …\n${text.slice(-half)}`;
  return { output, artifact };
}

/** Characters of an unfinished line after which it is shown all the same. */
const longestLine = 65_536;

/** Passes on whole lines, so that what must not be shown is not cut in two. */
class LineProgress {
  readonly #decoder = new StringDecoder('utf8');
  readonly #show: (text: string) => void;
  #rest = '';

  constructor(show: (text: string) => void) {
    this.#show = show;
  }

  add(chunk: Buffer): void {
    this.#rest += this.#decoder.write(chunk);
    const end = this.#rest.length > longestLine ? this.#rest.length : this.#rest.lastIndexOf('\n') + 1;
    if (end === 0) return;
    this.#show(this.#rest.slice(0, end));
    this.#rest = this.#rest.slice(end);
  }

  end(): void {
    this.#rest += this.#decoder.end();
    if (this.#rest !== '') this.#show(this.#rest);
  }
}

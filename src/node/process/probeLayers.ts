import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeFolders } from '../journal/durable.ts';
import { whyNotOver } from '../workspace/disk/mounts.ts';
import { exists } from '../workspace/disk/exists.ts';
import type { Commands } from './commands.ts';
import { Layers } from './layers.ts';
import { seenOf, upperOf } from './overlay.ts';
import { removeTree } from './removeTree.ts';

/**
 * Tries whether commands can write beside these work trees: with an overlay over each, and over a folder of our own in which every kind of change is
 * made. Answers why they cannot, in words; undefined where they can. `dir`: the private folder that layers will lie in. Never throws.
 */
export async function probeLayers(commands: Commands, workTrees: readonly string[], dir: string): Promise<string | undefined> {
  let folder: string | undefined;
  try {
    const roots = await Promise.all(workTrees.map((tree) => realpath(tree)));
    const programs = await commands.overlay();
    if ('missing' in programs) return programs.missing;
    const mounts = await readFile('/proc/self/mountinfo', 'latin1');
    for (const root of roots) {
      const against = whyNotOver(mounts, root);
      if (against !== undefined) return against;
      if (await hasForeign(programs.find, root)) return `files in ${root} belong to another user or group`;
    }
    await makeFolders(dir, 0o700);
    folder = await mkdtemp(path.join(dir, 'layers-'));
    return await tryOver(commands, roots, folder);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (folder !== undefined) await removeTree(folder).catch(() => undefined);
  }
}

/** The kernel makes no copy of a file whose owner has no name where the overlay is mounted. */
async function hasForeign(find: string, root: string): Promise<boolean> {
  const own = ['(', '!', '-uid', String(process.getuid?.()), '-o', '!', '-gid', String(process.getgid?.()), ')'];
  const { stdout } = await promisify(execFile)(find, [root, '-xdev', ...own, '-print', '-quit'], { env: {}, timeout: 30_000, encoding: 'buffer' });
  return stdout.length > 0;
}

async function tryOver(commands: Commands, roots: readonly string[], folder: string): Promise<string | undefined> {
  const own = path.join(folder, 'own');
  const name = `.bounded-${randomBytes(6).toString('hex')}`;
  await mkdir(path.join(own, 'made', 'deep'), { recursive: true });
  for (const file of ['made/file', 'changed', 'removed', 'moved']) await writeFile(path.join(own, file), `${file}\n`);
  const trees = new Map([...roots, own].map((root, index) => [String(index), root]));
  const layers = new Layers(path.join(folder, 'layers'), trees);
  const layered = await layers.make();
  const [first = own] = roots;
  const command = `for root; do : > "$root/${name}" || exit; done; cd "$root" && rm -rf made && mkdir made && : > made/new && echo more >> changed && rm removed && mv moved there && chmod 700 there`;
  const end = await commands.run({
    command: `set -- ${[...roots, own].map((root) => `'${root.replaceAll("'", `'\\''`)}'`).join(' ')}; ${command}`, shell: 'sh', root: first, roots: [...roots.slice(1), own], sandboxed: true, workTree: 'writable', layered,
    protection: async () => ({ readOnly: [], hidden: [] }), network: 'none', timeoutMs: 30_000, merged: true, onOutput: () => undefined,
  }, neverAborted);
  if (end.exit !== 0) return end.spawnError ?? `a command could not write beside the work tree (${end.timedOut ? 'it took too long' : end.exit === null ? end.signal : `exit status ${end.exit}`})`;
  for (const { root, layer } of layered) if ((await exists(path.join(root, name))) || !(await exists(path.join(upperOf(layer), name)))) return 'a command beside the work tree wrote into it';
  const last = layered.at(-1)?.layer ?? '';
  return (await isComplete(last)) ? undefined : 'what a command wrote beside the work tree does not tell what it did';
}

/** Whether the layer over our own folder says exactly what was done there. */
async function isComplete(layer: string): Promise<boolean> {
  const upper = upperOf(layer);
  const names = (await readdir(upper)).filter((name) => !name.startsWith('.bounded-')).sort().join(' ');
  const gone = await Promise.all(['removed', 'moved'].map(async (name) => (await lstat(path.join(upper, name))).isCharacterDevice()));
  const seen = (await readFile(seenOf(layer), 'latin1')).split('\0').filter((name) => name.startsWith('./made/')).sort().join(' ');
  return names === 'changed made moved removed there' && gone.every(Boolean) && (await readdir(path.join(upper, 'made'))).join(' ') === 'new' && seen === './made/ ./made/new' && (await readFile(path.join(upper, 'changed'), 'utf8')) === 'changed\nmore\n';
}

const neverAborted = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

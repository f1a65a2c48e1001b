import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SandboxState } from '../../core/session/session.ts';
import type { Commands } from './commands.ts';
import { protectedPaths } from './protectedPaths.ts';
import { removeTree } from './removeTree.ts';

/**
 * Tries the sandbox: it must run a command that may write in its folder, and must refuse what it has to refuse. Anything
 * else is no sandbox, and the detail says why. Never throws.
 */
export async function probeSandbox(commands: Commands): Promise<SandboxState> {
  const found = await commands.bubblewrap();
  if ('missing' in found) return { kind: 'none', detail: found.missing };
  let folder: string | undefined;
  try {
    folder = await mkdtemp(path.join(await realpath(os.tmpdir()), 'bounded-probe-'));
    const fault = await tryIn(commands, folder);
    return fault === undefined ? { kind: 'bubblewrap', detail: found.version } : { kind: 'none', detail: `${found.version} does not work here: ${fault}` };
  } catch (error) {
    return { kind: 'none', detail: `${found.version} could not be tried: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    if (folder !== undefined) await removeTree(folder).catch(() => undefined);
  }
}

/** Each line tells of one attempt; the last one shows that the script came to its end. */
const script = `
echo yes > inside && echo inside=written
cat "$PROBE_OUTSIDE" 2>/dev/null && echo outside=read
echo no 2>/dev/null > .git/config && echo git=written
( : > /usr/bounded-probe ) 2>/dev/null && echo system=written && rm -f /usr/bounded-probe
echo net=$(readlink /proc/self/ns/net)
echo pid=$(readlink /proc/self/ns/pid)
echo end=$PROBE_END
`;

async function tryIn(commands: Commands, folder: string): Promise<string | undefined> {
  const root = path.join(folder, 'root');
  const outside = path.join(folder, 'outside');
  const end = randomBytes(8).toString('hex');
  await mkdir(path.join(root, '.git'), { recursive: true });
  await Promise.all([writeFile(path.join(root, '.git', 'config'), 'as it was\n'), writeFile(outside, 'not to be read\n')]);
  const output: Buffer[] = [];
  const result = await commands.run({
    command: script, shell: 'sh', root, sandboxed: true, workTree: 'writable', protection: () => protectedPaths(root, [], []), network: 'none',
    variables: { PROBE_OUTSIDE: outside, PROBE_END: end }, timeoutMs: 10_000, merged: true, onOutput: (chunk) => output.push(chunk),
  }, neverAborted);
  const text = Buffer.concat(output).toString('utf8');
  if (result.spawnError !== undefined) return `${text.trim().split('\n')[0] ?? ''} ${result.spawnError}`.trim();
  const lines = text.split('\n');
  const says = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const wanted = says('inside') === 'written' && says('end') === end && (await readFile(path.join(root, 'inside'), 'utf8').catch(() => '')) === 'yes\n';
  if (!wanted) return `a command in it did not do its work: ${lines[0]}`;
  return await leak(says, path.join(root, '.git', 'config'));
}

/** What the sandbox let through, if anything. */
async function leak(says: (name: string) => string | undefined, config: string): Promise<string | undefined> {
  if (says('outside') !== undefined) return 'a file outside its folder could be read';
  if (says('git') !== undefined || (await readFile(config, 'utf8')) !== 'as it was\n') return 'the git folder could be written';
  if (says('system') !== undefined) return 'a system folder could be written';
  if (says('net') === undefined || says('net') === (await readlink('/proc/self/ns/net'))) return 'it has the network of the machine';
  if (says('pid') === undefined || says('pid') === (await readlink('/proc/self/ns/pid'))) return 'it sees the processes of the machine';
  return undefined;
}

const neverAborted = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

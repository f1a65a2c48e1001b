import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** How this machine's system folders are laid out, as far as a sandbox shows them. */
export interface SystemLayout {
  readonly folders: readonly string[];
  /** Links such as `/bin` to `usr/bin`. */
  readonly links: readonly { readonly at: string; readonly to: string }[];
  /** Files and folders below `/etc` that are not for everybody. */
  readonly private: readonly Hidden[];
  /** File that `/etc/resolv.conf` leads to, where that lies outside `/etc`. */
  readonly resolver?: string;
}

/** Something that exists and must not be seen. */
export interface Hidden {
  readonly path: string;
  readonly directory: boolean;
}

const candidates = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/opt', '/nix'];

/** Looks at the machine. */
export async function systemLayout(): Promise<SystemLayout> {
  const folders: string[] = [];
  const links: { at: string; to: string }[] = [];
  for (const at of candidates) {
    const kind = await kindOf(at);
    if (kind === 'link') links.push({ at, to: await readlink(at) });
    else if (kind === 'directory') folders.push(at);
  }
  const resolver = await realpath('/etc/resolv.conf').catch(() => undefined);
  return { folders, links, private: await privateEntries(), ...(resolver === undefined || resolver.startsWith('/etc/') ? {} : { resolver }) };
}

async function kindOf(file: string): Promise<'link' | 'directory' | 'none'> {
  const stats = await lstat(file).catch(() => undefined);
  return stats?.isSymbolicLink() === true ? 'link' : stats?.isDirectory() === true ? 'directory' : 'none';
}

/** What a user without rights could not read is hidden also from a user who has them all. */
async function privateEntries(): Promise<Hidden[]> {
  const names = [...(await readdir('/etc').catch(() => [])), 'ssl/private', 'ssh'];
  const entries = await Promise.all(names.map(async (name) => {
    const file = path.join('/etc', name);
    const stats = await lstat(file).catch(() => undefined);
    if (stats === undefined || !(stats.isFile() || stats.isDirectory())) return [];
    const closed = (stats.mode & (stats.isDirectory() ? 0o001 : 0o004)) === 0;
    return closed || name === 'ssh' ? [{ path: file, directory: stats.isDirectory() }] : [];
  }));
  return entries.flat();
}

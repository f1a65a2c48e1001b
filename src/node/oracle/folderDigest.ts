import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Folders at the top of installed packages that tools use as caches: not digested, and not there in a run. */
export const caches = ['.cache', '.vite', '.vitest', '.bounded'];

/**
 * Digests what a folder contains: names, kinds, contents. A file is read again only when its system stamp, which nobody
 * can set back, has changed since this object last saw it.
 */
export class FolderDigest {
  readonly #known = new Map<string, { readonly stamp: string; readonly digest: string }>();

  /** SHA-256 in hex. */
  async of(folder: string): Promise<string> {
    const hash = createHash('sha256');
    await this.#add(hash, folder, '');
    return hash.digest('hex');
  }

  async #add(hash: Hash, folder: string, below: string): Promise<void> {
    const entries = (await readdir(path.join(folder, below), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      const file = path.join(folder, name);
      if (entry.isDirectory()) {
        if (below !== '' || !caches.includes(entry.name)) await this.#add(hash, folder, name);
      } else if (entry.isSymbolicLink()) hash.update(`link ${name}\0${await readlink(file)}\0`);
      else if (entry.isFile()) hash.update(`file ${name}\0${await this.#content(file)}\0`);
    }
  }

  async #content(file: string): Promise<string> {
    const { dev, ino, size, mode, mtimeNs, ctimeNs } = await lstat(file, { bigint: true });
    const stamp = [dev, ino, size, mode, mtimeNs, ctimeNs].join(':');
    const known = this.#known.get(file);
    if (known?.stamp === stamp) return known.digest;
    const hash = createHash('sha256').update(`${mode & 0o111n}\0`);
    await pipeline(createReadStream(file), hash);
    const digest = hash.digest('hex');
    this.#known.set(file, { stamp, digest });
    return digest;
  }
}

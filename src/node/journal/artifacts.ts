import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Artifacts } from '../../agent/ports.ts';
import { privateDirectory, syncDirectory, writeDurably } from './durable.ts';
import { codeOf, faultOf } from './faults.ts';
import { sha256 } from './line.ts';
import type { Redact } from './redaction.ts';

export interface ArtifactOptions {
  /** Removes secrets from a text before it is stored and named; without it texts are stored as they are. */
  readonly redact?: Redact;
}

/**
 * Texts of a session, each in a file named by the SHA-256 of its bytes. `put` rejects with a JournalFault; `get` answers
 * undefined for what is not there, is no SHA-256, or no longer has the bytes of its name.
 */
export function createArtifacts(directory: string, options: ArtifactOptions = {}): Artifacts {
  const { redact = (text) => text } = options;
  return {
    put: async (text) => {
      const bytes = Buffer.from(redact(text));
      const id = sha256(bytes);
      try {
        await store(directory, id, bytes);
      } catch (error) {
        throw faultOf(error, 'an artifact');
      }
      return id;
    },
    get: async (id) => (await load(directory, id))?.toString('utf8'),
  };
}

async function store(directory: string, id: string, bytes: Buffer): Promise<void> {
  await privateDirectory(directory);
  // One that is there may have been renamed by a process that died before it synced the folder.
  if (await load(directory, id)) await syncDirectory(directory);
  else await writeDurably(path.join(directory, id), bytes);
}

/** The id may come from a model: nothing but a SHA-256 is ever joined to a path. */
async function load(directory: string, id: string): Promise<Buffer | undefined> {
  if (!/^[0-9a-f]{64}$/.test(id)) return undefined;
  try {
    const bytes = await readFile(path.join(directory, id));
    return sha256(bytes) === id ? bytes : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

import { lstatSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { BesideItem } from '../../../core/session/facts.ts';
import type { Blobs } from '../store/blobs.ts';
import { linkMode } from '../disk/content.ts';
import { pipeIn, waitsFor } from '../../journal/repository.ts';
import { controlState } from '../repository/control.ts';
import { type ControlPlace, controlPlace, packedRefs, refWord } from '../repository/controlPlaces.ts';
import { stateAt } from '../disk/fileState.ts';
import { GitFailure } from '../git/git.ts';
import { locked, removeLeftLock } from '../repository/gitLock.ts';
import { besideKind, type Hindrance, type NewFile, putFile, removeFile } from '../disk/replaceFile.ts';
import { change } from './restorePlaces.ts';
import type { Store } from '../store/store.ts';
import type { UserRepository } from '../repository/userRepository.ts';

export interface ControlParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly repository: UserRepository | undefined;
}

/**
 * Brings one control file of git back, byte for byte and with its permissions, in one step and while git's own lock for it is held. What is
 * neither as expected nor as wanted is the user's. Answers why it was left.
 */
export async function restoreControl(parts: ControlParts, { path: named, target, expected }: BesideItem): Promise<Hindrance> {
  const place = controlPlace(parts.root, parts.repository, named);
  if (place === undefined) return 'it is no control file of this repository';
  const file = path.join(place.folder, place.name);
  if (await removeLeftLock(file)) await removeBeside(path.dirname(file), [target, expected]);
  const current = wordAt(place);
  if (current === target) return undefined;
  if (current !== expected) return 'it has changed since, so it is yours';
  if (target === undefined && place.name.startsWith('refs/')) return removeRef(parts.store, place, expected);
  const next = target === undefined ? undefined : await contentOf(parts.blobs, target);
  if (target !== undefined && next === undefined) return 'its content is not held';
  return change(place.folder, place.name, next !== undefined, (folder, name) => locked(path.join(folder, name), async () => {
    if (wordAt(place) !== expected) return 'another content by now';
    const state = await stateAt(folder, name);
    const there = state.kind === 'file' ? state.blob : null;
    if (next !== undefined) return putFile(folder, name, next, there);
    return there === null ? undefined : removeFile(folder, name, there);
  }));
}

/** Removes what lies beside a file where a process died while it brought the file back. One that was moved out of the way goes only where its content is one of `words`. */
async function removeBeside(folder: string, words: readonly (string | undefined)[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const [file, kind] = [path.join(folder, name), besideKind(name)];
    const stats = kind === undefined ? undefined : lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined && (kind === 'tmp' || words.includes(controlState(file, stats).word))) await unlink(file);
  }
}

/** git does it: the ref may lie among packed ones, which are in one file. It runs no hook, and only where the ref has this value. */
async function removeRef(store: Store, { folder, name }: ControlPlace, expected: string | undefined): Promise<Hindrance> {
  const value = expected?.slice('ref '.length) ?? '';
  const pipe = pipeIn(folder);
  if (pipe !== undefined) return waitsFor(pipe);
  try {
    await store.git.run({ args: value.startsWith('ref: ') ? ['symbolic-ref', '--delete', name] : ['update-ref', '--no-deref', '-d', name, value], env: { GIT_DIR: folder } });
    return undefined;
  } catch (error) {
    if (error instanceof GitFailure) return error.message;
    throw error;
  }
}

/** What is there now, in the words of a look. */
function wordAt({ folder, name }: ControlPlace): string | undefined {
  const file = path.join(folder, name);
  const stats = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  if (!name.startsWith('refs/')) return stats === undefined ? undefined : controlState(file, stats).word;
  if (stats !== undefined) return refWord(file);
  const value = packedRefs(folder).get(name);
  return value === undefined ? undefined : `ref ${value}`;
}

async function contentOf(blobs: Blobs, word: string): Promise<NewFile | undefined> {
  const [kind = '', first = '', oid = ''] = word.split(' ');
  if (kind === 'ref') return { bytes: Buffer.from(`${word.slice('ref '.length)}\n`), mode: '100644', secret: false };
  if (kind === 'link') return { bytes: await blobs.read(first), mode: linkMode, secret: false };
  if (kind !== 'file') return undefined;
  const permissions = Number.parseInt(first, 8);
  return { bytes: await blobs.read(oid), mode: (permissions & 0o100) === 0 ? '100644' : '100755', secret: true, permissions };
}

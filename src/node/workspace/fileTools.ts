import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { access, lstat, open } from 'node:fs/promises';
import type { FileRead, Rehearsal } from '../../agent/ports.ts';
import type { Blob, FileChange, Hunk, Path } from '../../core/session/changes.ts';
import { syncDirectory } from '../journal/durable.ts';
import { codeOf } from '../journal/faults.ts';
import { decodeBytes, encodeText, isWellFormed, linesOf, looksBinary } from './common/bytes.ts';
import { otherNamesOf, stateInWords } from './disk/fileState.ts';
import { type Content, linkMode, openFlags, pieces, readSmall } from './disk/content.ts';
import { type Entered, inFolder } from './disk/folders.ts';
import { type PathGuard, refusesRestoring } from './disk/guard.ts';
import { nameOf, onDisk, parentOf } from './disk/places.ts';
import { type Hindrance, putFile, removeFile } from './disk/replaceFile.ts';
import { gitObject } from './git/objects.ts';
import { inTheWay, lookAt } from './rewind/restorePlaces.ts';
import { takeBack } from './rewind/revertHunk.ts';
import { isGone, isUnreadable, specialKind, unreadableBecause } from './disk/stats.ts';

export type ApplyOutcome = { readonly ok: true } | { readonly ok: false; readonly why: 'stale' | 'refused'; readonly detail: string };

/** Reads and writes single files for the tools, each path through the guard. */
export class FileTools {
  readonly #root: string;
  readonly #guard: PathGuard;

  constructor(root: string, guard: PathGuard) {
    this.#root = root;
    this.#guard = guard;
  }

  async read(path: Path): Promise<FileRead> {
    if (path === '') return { kind: 'directory' };
    const why = this.#guard.refusesReading(path);
    if (why !== undefined) return { kind: 'refused', why };
    const entered = await inFolder(this.#root, parentOf(path), false, (place) => readAt(place, nameOf(path)));
    if ('value' in entered) return entered.value;
    return 'missing' in entered ? { kind: 'missing' } : { kind: 'refused', why: entered.blocked };
  }

  /** Without `expected` a write makes a new file: one that is there already makes it stale. */
  async apply(change: FileChange): Promise<ApplyOutcome> {
    const why = this.#guard.refusesWriting(change.path);
    if (why !== undefined) return { ok: false, why: 'refused', detail: why };
    if (change.kind === 'write' && !isWellFormed(change.content)) return { ok: false, why: 'refused', detail: 'the content is not valid Unicode' };
    const bytes = change.kind === 'delete' ? null : Buffer.from(change.content, 'utf8');
    // It could not be read again, and none of its lines would be counted.
    if (bytes !== null && looksBinary(bytes)) return { ok: false, why: 'refused', detail: 'with a NUL at its beginning the content would be no text' };
    return this.change(change.path, change.expected ?? null, bytes);
  }

  /** Puts `bytes` (null: removes) where `expected` is. */
  async change(path: Path, expected: Blob | null, bytes: Buffer | null, mode = modeAfter(expected)): Promise<ApplyOutcome> {
    if (expected?.mode === '120000') return { ok: false, why: 'refused', detail: `${path} is a link` };
    try {
      const entered = await inFolder(this.#root, parentOf(path), bytes !== null, async (place) => {
        const hindrance = await this.#changeAt(place, path, expected, bytes, mode);
        if (hindrance === undefined) await syncDirectory(place);
        return hindrance;
      });
      return outcomeOf(path, entered);
    } catch (error) {
      if (!refusedBySystem.has(codeOf(error) ?? '') || (await isReadOnly(this.#root))) throw error;
      return { ok: false, why: 'refused', detail: `${path} cannot be written (${codeOf(error)})` };
    }
  }

  async #changeAt(place: string, path: Path, expected: Blob | null, bytes: Buffer | null, mode: Blob['mode']): Promise<Hindrance> {
    if (bytes !== null) return putFile(place, nameOf(path), { bytes, mode, secret: this.#guard.isSecret(path) }, expected);
    return expected === null ? 'no content that may be removed' : removeFile(place, nameOf(path), expected);
  }

  /** Undoes hunks on the file as it is now, all or none; `of` is the text in which they stand, where that is known, `gone` the mode of a file that comes back. */
  async revertHunks(path: Path, hunks: readonly Hunk[], of?: readonly string[], gone?: Blob['mode']): Promise<{ readonly ok: true; readonly now: Blob } | { readonly ok: false; readonly detail: string }> {
    const reverted = await this.#reverted(path, hunks, of);
    if ('hindrance' in reverted) return { ok: false, detail: reverted.hindrance };
    const mode = reverted.found?.mode ?? gone ?? modeAfter(null);
    const done = await this.change(path, reverted.found, reverted.bytes, mode);
    return done.ok ? { ok: true, now: { oid: gitObject('blob', reverted.bytes).oid, mode } } : { ok: false, detail: done.detail };
  }

  /** What `revertHunks` would do now. A file that is gone comes back where something else is, if that goes before. */
  async rehearseHunks(path: Path, hunks: readonly Hunk[], of?: readonly string[]): Promise<Rehearsal> {
    const state = hunks.some((hunk) => hunk.newLines > 0) || refusesRestoring(path) !== undefined ? undefined : await lookAt(this.#root, path);
    if (state?.kind === 'folder' || state?.kind === 'unreachable') return { path, does: 'back', inWay: { files: await inTheWay(this.#root, path, () => false), why: `there is ${stateInWords(state)} in its place` } };
    const reverted = await this.#reverted(path, hunks, of);
    return 'hindrance' in reverted ? { path, does: 'left', why: reverted.hindrance } : { path, does: 'back', ...otherNamesOf(await lookAt(this.#root, path)) };
  }

  async #reverted(path: Path, hunks: readonly Hunk[], of: readonly string[] | undefined): Promise<{ readonly found: Blob | null; readonly bytes: Buffer } | { readonly hindrance: string }> {
    const why = refusesRestoring(path);
    if (why !== undefined) return { hindrance: why };
    const entered = await inFolder(this.#root, parentOf(path), false, async (place) => contentAt(place, nameOf(path)));
    if ('blocked' in entered) return { hindrance: entered.blocked };
    const content = 'value' in entered ? entered.value : null;
    if (typeof content === 'string') return { hindrance: content };
    if (content === null && hunks.some((hunk) => hunk.newLines > 0)) return { hindrance: 'it is gone' };
    if (content?.mode === linkMode) return { hindrance: 'it is a link' };
    const reverted = takeBack(content === null ? [] : linesOf(decodeBytes(content.object.body)), hunks, of);
    if ('hindrance' in reverted) return reverted;
    return { found: content === null ? null : { oid: content.object.oid, mode: content.mode }, bytes: encodeText(reverted.lines.join('')) };
  }

  /** SHA-256 of a regular file's bytes, undefined where there is none. */
  async sha256(path: Path): Promise<string | undefined> {
    const entered = await inFolder(this.#root, parentOf(path), false, async (place) => {
      const handle = await open(onDisk(place, nameOf(path)), openFlags).catch(() => undefined);
      if (handle === undefined) return undefined;
      try {
        const stats = await handle.stat();
        if (!stats.isFile()) return undefined;
        const hash = createHash('sha256');
        for await (const piece of pieces(handle, stats.size)) hash.update(piece);
        return hash.digest('hex');
      } finally {
        await handle.close();
      }
    });
    return 'value' in entered ? entered.value : undefined;
  }
}

/** A file keeps its mode; a new one is not executable. */
const modeAfter = (replaced: Blob | null): Blob['mode'] => replaced?.mode ?? '100644';

/** Whether nothing at all can be written in a work tree. A single place may be read-only for reasons of its own. */
const isReadOnly = (root: string): Promise<boolean> => access(root, constants.W_OK).then(() => false, (error: unknown) => codeOf(error) === 'EROFS');

/** The system refuses this path in particular; anything else is a fault of the machine. */
const refusedBySystem = new Set(['EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'EISDIR', 'EBUSY']);

function outcomeOf(path: Path, entered: Entered<Hindrance>): ApplyOutcome {
  if ('blocked' in entered) return { ok: false, why: 'refused', detail: `${path}: ${entered.blocked}` };
  if ('missing' in entered) return { ok: false, why: 'stale', detail: `${path} is gone` };
  return entered.value === undefined ? { ok: true } : { ok: false, why: 'stale', detail: `${path} is not as it was: there is ${entered.value}` };
}

/** Largest file that is read for a tool, in bytes. */
const largestRead = 64 * 1024 * 1024;

async function readAt(place: string, name: string): Promise<FileRead> {
  const file = onDisk(place, name);
  const stats = await lstat(file).catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
  if (stats === undefined) return { kind: 'missing' };
  if (stats.isDirectory()) return { kind: 'directory' };
  if (stats.isSymbolicLink()) return { kind: 'refused', why: 'it is a link, and file tools do not follow links' };
  if (!stats.isFile()) return { kind: 'refused', why: `it is a ${specialKind(stats)}` };
  if (stats.size > largestRead) return { kind: 'refused', why: `it is too large to be read (${stats.size} bytes)` };
  const content = contentAt(place, name);
  if (content === null) return { kind: 'missing' };
  return typeof content === 'string' ? { kind: 'refused', why: content } : described(content);
}

/** A regular file's content, null where there is none, or why it cannot be read. */
function contentAt(place: string, name: string): Content | string | null {
  try {
    return readSmall(onDisk(place, name));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (isGone(error)) return 'it is no regular file';
    if (isUnreadable(error)) return unreadableBecause(error);
    throw error;
  }
}

function described({ object, mode }: Content): FileRead {
  const blob = { oid: object.oid, mode };
  if (looksBinary(object.body) || !isUtf8(object.body)) return { kind: 'binary', blob, bytes: object.body.length };
  const text = object.body.toString('utf8');
  return { kind: 'text', text, blob, lines: linesOf(text).length };
}

import { readdir, rm } from 'node:fs/promises';
import { Paused } from '../../../agent/run.ts';
import type { Path } from '../../../core/session/changes.ts';
import { syncDirectory } from '../../journal/durable.ts';
import { stateAt, stateInWords } from './fileState.ts';
import { inFolder } from './folders.ts';
import { nameOf, onDisk, parentOf } from './places.ts';
import { besideKind, putFile } from './replaceFile.ts';

/** The files that Bounded itself writes in the work tree: pages for people, and the contract when an amendment was approved. */
export class OwnFiles {
  readonly #root: string;
  readonly #contractFile: Path;
  readonly #cleared = new Set<string>();

  constructor(root: string, contractFile: Path) {
    this.#root = root;
    this.#contractFile = contractFile;
  }

  /** Throws for any other path than the session's contract. */
  async writeContract(path: Path, text: string): Promise<void> {
    if (path !== this.#contractFile) throw new Error(`${path} is not the contract of this session`);
    await this.#write(path, Buffer.from(text, 'utf8'));
  }

  /** Writes `.bounded/<name>/<file>` and answers its path; throws for names that lead elsewhere. */
  async writeReport(name: string, file: string, content: string | Buffer): Promise<void> {
    for (const part of [name, file]) if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(part)) throw new Error(`${part} is no name for a report`);
    // Of a process that died while it wrote pages: they are computed, so none of it is missed.
    if (!this.#cleared.has(name)) await this.#clear(`.bounded/${name}`);
    this.#cleared.add(name);
    await this.#write(`.bounded/${name}/${file}`, Buffer.from(content));
  }

  async #clear(folder: Path): Promise<void> {
    await inFolder(this.#root, folder, false, async (place) => {
      for (const name of await readdir(place)) if (besideKind(name) !== undefined) await rm(onDisk(place, name), { force: true });
    });
  }

  /** Whatever regular file is there is replaced in one step. Throws `Paused` where a link, a folder or a pipe is in the way. */
  async #write(path: Path, bytes: Buffer): Promise<void> {
    const entered = await inFolder(this.#root, parentOf(path), true, async (place) => {
      const state = await stateAt(place, nameOf(path));
      if (state.kind !== 'missing' && state.kind !== 'file') return stateInWords(state);
      const expected = state.kind === 'file' ? state.blob : null;
      if (expected?.mode === '120000') return 'a link';
      const hindrance = await putFile(place, nameOf(path), { bytes, mode: expected?.mode ?? '100644', secret: false }, expected);
      if (hindrance === undefined) await syncDirectory(place);
      return hindrance;
    });
    const why = 'value' in entered ? entered.value : 'blocked' in entered ? entered.blocked : `${entered.missing} is gone`;
    if (why !== undefined) throw new Paused(`${path} could not be written: there is ${why}; put that aside, then go on`);
  }
}

import { closeSync, fstatSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Path, TreeId } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { decodeBytes, encodeText } from '../common/bytes.ts';

/**
 * The paths that a landing is about to change, noted one by one before it does: when the process dies in it, whoever takes it to its end knows what was
 * the command's already. It need not outlive a power cut: what is not noted counts as the user's then.
 */
export class LandedNotes {
  readonly #descriptor: number;
  /** What an earlier process noted, and when it noted last, in nanoseconds. */
  readonly earlier: { readonly paths: readonly Path[]; readonly until: bigint };

  constructor(layer: string) {
    const file = path.join(layer, 'landed');
    this.#descriptor = openSync(file, 'a+', 0o600);
    const paths = readFileSync(file).toString('latin1').split('\0').slice(0, -1).map((one) => decodeBytes(Buffer.from(one, 'latin1')));
    this.earlier = { paths, until: fstatSync(this.#descriptor, { bigint: true }).mtimeNs };
  }

  add(of: Path): void {
    writeSync(this.#descriptor, Buffer.concat([encodeText(of), Buffer.of(0)]));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/**
 * The tree that the command of a layer began with: `before` at its first landing, and the same at each that takes that one to its end. What the user changed
 * while the command ran may be recorded in between, and would be taken for what the command had found.
 */
export function begunWith(layer: string, before: TreeId): TreeId {
  const file = path.join(layer, 'before');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    writeFileSync(`${file}.part`, before, { mode: 0o600 });
    renameSync(`${file}.part`, file);
    return before;
  }
}

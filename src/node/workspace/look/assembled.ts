import type { Path } from '../../../core/session/changes.ts';
import { encodeText } from '../common/bytes.ts';
import { directoryMode, gitObject } from '../git/objects.ts';
import { Pace } from '../common/pace.ts';
import { joined } from '../disk/places.ts';
import { sortPaths, type StateTable, TableBuilder, tableOf } from '../store/stateTable.ts';
import type { Dir } from '../store/tree.ts';

/** What threads found in a folder. */
export interface GatheredFolder {
  /** The files that were read, as entries of a table, in its order. */
  readonly records: Buffer[];
  /** Names of the folders in it that were gathered. */
  readonly below: readonly string[];
  /** What is made of it before the others are there, where that can be. */
  made?: Made;
}

interface Made {
  readonly files: StateTable;
  readonly tree: Dir;
}

/** Makes what can be made of a folder of which all records are there, while threads look at others. */
export function prepare(folder: Path, gathered: GatheredFolder): void {
  if (gathered.below.length > 0) return;
  const files = tableOf(joinedRecords(gathered));
  gathered.made = { files, tree: treeWith(files.treeEntries(0, files.size, Buffer.byteLength(joined(folder, ''))), new Map()) };
}

const joinedRecords = ({ records }: GatheredFolder): Buffer => (records.length === 1 && records[0] !== undefined ? records[0] : Buffer.concat(records));

const treeWith = (body: Buffer, dirs: ReadonlyMap<string, Dir>): Dir => ({ oid: gitObject('tree', body).oid, body, dirs });

/** The table of all files and their tree, put together folder by folder: both have the same order. */
export async function assembled(folders: ReadonlyMap<Path, GatheredFolder>): Promise<{ readonly table: StateTable; readonly tree: Dir }> {
  const assembly = new Assembly(folders);
  let bytes = 0;
  for (const { records } of folders.values()) for (const record of records) bytes += record.length;
  assembly.table.reserve(bytes, 0);
  const tree = await assembly.dir('');
  return { table: assembly.table.finish(), tree };
}

class Assembly {
  readonly table = new TableBuilder();
  readonly #folders: ReadonlyMap<Path, GatheredFolder>;
  readonly #pace = new Pace();

  constructor(folders: ReadonlyMap<Path, GatheredFolder>) {
    this.#folders = folders;
  }

  async dir(folder: Path): Promise<Dir> {
    if (this.#pace.due) await this.#pace.rest();
    const gathered = this.#folders.get(folder) ?? { records: [], below: [] };
    if (gathered.made !== undefined) {
      this.table.copy(gathered.made.files, 0, gathered.made.files.size);
      return gathered.made.tree;
    }
    const files = tableOf(joinedRecords(gathered));
    const [pieces, dirs, prefix]: [Buffer[], Map<string, Dir>, string] = [[], new Map(), joined(folder, '')];
    let done = 0;
    const copyTo = (place: number) => {
      this.table.copy(files, done, place);
      pieces.push(files.treeEntries(done, place, Buffer.byteLength(prefix)));
      done = place;
    };
    for (const name of sortPaths(gathered.below.map((one) => `${one}/`)).map((one) => one.slice(0, -1))) {
      copyTo(files.placeFor(`${prefix}${name}/`));
      const dir = await this.dir(`${prefix}${name}`);
      if (dir.body.length === 0) continue;
      dirs.set(name, dir);
      pieces.push(Buffer.concat([encodeText(`${directoryMode} ${name}\0`), Buffer.from(dir.oid, 'hex')]));
    }
    copyTo(files.size);
    const body = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + piece.length, 0));
    pieces.reduce((at, piece) => at + piece.copy(body, at), 0);
    return treeWith(body, dirs);
  }
}

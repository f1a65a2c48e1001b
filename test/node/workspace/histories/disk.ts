import fs from 'node:fs';
import path from 'node:path';

/** A file or link as it is on the disk. */
export interface FileState {
  /** Content, or the target of a link, as latin1. */
  readonly bytes: string;
  readonly link: boolean;
  readonly executable: boolean;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

/** The work tree without git's folder and Bounded's pages, by path. */
export type Disk = ReadonlyMap<string, FileState>;

/** Places that histories play with: in scope but for the last three. */
export const places = ['src/a.txt', 'src/b.txt', 'src/deep/c.txt', 'src/new.txt', 'src/d', 'src/d/e.txt', 'src/run.sh', 'src/link', 'docs/out.txt', 'notes.txt', 'built/x.txt'];

/** Something that a person or a command does to one place; numbers are taken modulo what there is. */
export interface Mutation {
  readonly what: 'insert' | 'replace' | 'remove' | 'format' | 'rewrite' | 'delete' | 'mode' | 'link' | 'folder' | 'rename';
  readonly place: number;
  readonly line: number;
}

export function readDisk(root: string): Disk {
  const found = new Map<string, FileState>();
  const visit = (folder: string): void => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (name === '.git' || name === '.bounded') continue;
      if (entry.isDirectory()) visit(name);
      else found.set(name, stateOf(path.join(root, name)));
    }
  };
  visit('');
  return found;
}

function stateOf(file: string): FileState {
  const { mode, mtimeNs, ino } = fs.lstatSync(file, { bigint: true });
  const link = (mode & 0o170000n) === 0o120000n;
  return { bytes: link ? fs.readlinkSync(file, 'latin1') : fs.readFileSync(file, 'latin1'), link, executable: !link && (mode & 0o111n) !== 0n, mtimeNs, inode: ino };
}

export const sameContent = (a: FileState | undefined, b: FileState | undefined): boolean => a?.bytes === b?.bytes && a?.link === b?.link && a?.executable === b?.executable;

/** Paths whose content, kind or mode differs. */
export const changedPaths = (a: Disk, b: Disk): string[] => [...new Set([...a.keys(), ...b.keys()])].filter((name) => !sameContent(a.get(name), b.get(name))).sort();

/** Lines with their end. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Does one mutation; new lines get a mark of their own. What the file system refuses, as a file below a file, does not happen. */
export function mutate(root: string, mutation: Mutation, mark: () => string): void {
  const name = places[mutation.place % places.length] ?? '';
  try {
    if (mutation.what === 'rename') fs.renameSync(path.join(root, name), path.join(root, places[mutation.line % places.length] ?? ''));
    else change(path.join(root, name), mutation, mark);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

function change(file: string, { what, line }: Mutation, mark: () => string): void {
  const stats = fs.lstatSync(file, { throwIfNoEntry: false });
  if (what === 'delete') return fs.rmSync(file, { recursive: true });
  if (what === 'link' || what === 'folder') {
    fs.rmSync(file, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (what === 'link') return fs.symlinkSync('a.txt', file);
    fs.mkdirSync(file);
    return fs.writeFileSync(path.join(file, 'e.txt'), `${mark()}\n`);
  }
  if (stats?.isDirectory() === true || stats?.isSymbolicLink() === true) return;
  if (what === 'mode') return fs.chmodSync(file, ((stats?.mode ?? 0) & 0o111) === 0 ? 0o755 : 0o644);
  if (stats === undefined) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    return fs.writeFileSync(file, `${mark()}\n`);
  }
  fs.writeFileSync(file, edited(fs.readFileSync(file, 'latin1'), what, line, mark), 'latin1');
}

/** The text after one edit. Formatters touch every line and keep its words. */
export function edited(text: string, what: Mutation['what'], line: number, mark: () => string): string {
  const lines = linesOf(text);
  const at = lines.length === 0 ? 0 : line % lines.length;
  if (what === 'insert') return lines.toSpliced(at, 0, `${mark()} new\n`).join('');
  if (what === 'replace') return lines.toSpliced(at, 1, `${mark()} other\n`).join('');
  if (what === 'remove') return lines.toSpliced(at, 1 + (line % 2)).join('');
  if (what === 'rewrite') return `${mark()} all\n${mark()} anew\n`;
  if (line % 3 === 0) return lines.map((one) => (one.endsWith('\r\n') ? one.replace('\r\n', '\n') : one.replace('\n', '\r\n'))).join('');
  return line % 3 === 1 ? lines.map((one) => (one.startsWith('  ') ? one.slice(2) : `  ${one}`)).join('') : text.endsWith('\n') ? text.slice(0, -1) : `${text}\n`;
}

/** Marks of one author (`u` the user, `s` the session) in a text. */
export const marksIn = (text: string | undefined, author: 'u' | 's'): Set<string> => new Set(text?.match(author === 'u' ? /\bu\d+\b/g : /\bs\d+\b/g) ?? []);

/** The first word of each line, which no other line of a file has; undefined where there is no file. */
export const wordsIn = (state: FileState | undefined): Set<string> | undefined => (state === undefined || state.link ? undefined : new Set(linesOf(state.bytes).flatMap((line) => /\b[a-z]\d+\b/.exec(line) ?? [])));

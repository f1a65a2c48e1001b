import fs from 'node:fs';
import path from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import type { House, Room } from './rooms.ts';

/** A source file with what it imports. */
interface Source {
  /** Path from `src`, with forward slashes. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

interface Import {
  /** As written: `./a.ts`, `zod`, `node:fs`. A name that is computed is the source text of the computation, which no wall allows. */
  readonly request: string;
  /** Types vanish in the build: they obey the table, but cannot close a circle. */
  readonly typeOnly: boolean;
}

/**
 * Reads every source file under `src` and says what breaks the walls: an import that the table does not allow, whether by value, by type
 * or by `import()`; one that goes up from a storey; a file outside every room; a circle of imports by value; a file that is too long. An empty answer means that the house stands.
 */
export function brokenWalls(src: string, house: House): string[] {
  const sources = readSources(src);
  return [...sources.flatMap((source) => brokenBy(source, house)), ...circles(sources)];
}

/** Every source file under `src`. */
export function readSources(src: string): Source[] {
  const files = fs.readdirSync(src, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll(path.sep, '/'));
  return files.filter((file) => /\.[cm]?[jt]sx?$/.test(file)).map((file) => readSource(src, file));
}

function readSource(src: string, file: string): Source {
  const text = fs.readFileSync(path.join(src, file), 'utf8');
  return { file, text, imports: importsOf(file, text) };
}

/** Everything that is imported, re-exported, required or named in an `import('…')` type. */
function importsOf(file: string, text: string): Import[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (asked: Asked | null | undefined, typeOnly = false): void => {
    if (asked) found.push({ request: typeof asked.value === 'string' ? asked.value : text.slice(asked.start, asked.end), typeOnly });
  };
  new Visitor({
    ImportDeclaration: ({ source, importKind }) => add(source, importKind === 'type'),
    ExportAllDeclaration: ({ source, exportKind }) => add(source, exportKind === 'type'),
    ExportNamedDeclaration: ({ source, exportKind }) => add(source, exportKind === 'type'),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source, true),
    TSExternalModuleReference: ({ expression }) => add(expression),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(first);
    },
  }).visit(program);
  return found;
}

/** The expression that names a module. */
interface Asked {
  readonly start: number;
  readonly end: number;
  readonly value?: unknown;
}

function brokenBy(source: Source, { rooms, storeys, longest }: House): string[] {
  const { file, text, imports } = source;
  const name = roomOf(file);
  const room = rooms[name];
  if (room === undefined) return [`${file} is in no room`];
  const lines = text.split('\n').length - 1;
  const tooLong = lines > longest ? [`${file} has ${lines} lines, at most ${longest} are allowed`] : [];
  const forbidden = [...new Set(imports.map(({ request }) => request))].filter((request) => !isAllowed(file, request, name, room) || goesUp(file, request, storeys));
  return [...tooLong, ...forbidden.map((request) => `${file} imports ${request}`)];
}

const roomOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');

function isAllowed(file: string, request: string, name: string, room: Room): boolean {
  if (request.startsWith('.')) {
    const to = resolved(file, request);
    if (to.startsWith('../')) return room.files?.includes(to.slice('../'.length)) === true;
    return roomOf(to) === name || room.rooms.includes(roomOf(to));
  }
  if (request.startsWith('node:')) return room.node;
  return room.packages.some((allowed) => request === allowed || request.startsWith(`${allowed}/`));
}

/** Whether a file in a storey of a folder imports something of that folder that is not on its own storey or below. */
function goesUp(file: string, request: string, storeys: House['storeys']): boolean {
  if (!request.startsWith('.')) return false;
  const to = resolved(file, request);
  return Object.entries(storeys).some(([folder, order]) => {
    if (!file.startsWith(`${folder}/`) || !to.startsWith(`${folder}/`)) return false;
    return storeyOf(folder, to, order) > storeyOf(folder, file, order);
  });
}

/** Counted from the lowest; what lies in the folder itself, or in a place that is no storey, is above all. */
function storeyOf(folder: string, file: string, order: readonly string[]): number {
  const at = order.indexOf(file.slice(folder.length + 1).split('/')[0] ?? '');
  return at < 0 ? order.length : at;
}

/** A relative import as a path from `src`; one that leaves `src` begins with `..`. */
const resolved = (file: string, request: string): string => path.posix.join(path.posix.dirname(file), request);

/** Circles of imports by value, each named once. */
function circles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map(({ file, imports }) => [file, imports.flatMap(({ request, typeOnly }) => (request.startsWith('.') && !typeOnly ? resolved(file, request) : []))]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) found.push(`circle of imports: ${[...way.slice(at), file].join(' → ')}`);
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

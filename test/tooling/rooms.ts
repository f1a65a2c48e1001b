/** What a room may import: other rooms (files of its own are always allowed), packages, and modules of Node. */
export interface Room {
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
  readonly node: boolean;
  /** Files outside `src`, as paths from the project's root. */
  readonly files?: readonly string[];
}

/** The walls of the house. A line here is changed by a decision, never to make a test pass. */
const rooms: Readonly<Record<string, Room>> = {
  core: { rooms: [], packages: ['zod', 'yaml', 'picomatch'], node: false },
  agent: { rooms: ['core'], packages: [], node: false },
  node: { rooms: ['core', 'agent'], packages: ['@anthropic-ai/sdk', 'diff', 'node-diff3', 'picomatch', 'simple-git'], node: true },
  server: { rooms: ['core'], packages: ['vscode-languageserver', 'vscode-languageserver-textdocument'], node: false },
  webview: { rooms: ['core'], packages: [], node: false },
  extension: { rooms: ['core', 'agent', 'node'], packages: ['vscode', 'vscode-languageclient'], node: true },
  cli: { rooms: ['core', 'agent', 'node'], packages: [], node: true, files: ['package.json'] },
};

/**
 * The storeys of a folder of `src`, the lowest first: the files of one import, by value or type, only their own storey and those below it.
 * What lies in the folder itself stands on all of them.
 */
const storeys: Readonly<Record<string, readonly string[]>> = {
  'node/workspace': ['common', 'git', 'disk', 'store', 'repository', 'look', 'diff', 'rewind', 'landing', 'keep'],
};

/** Most lines of a source file. */
const longest = 400;

/** Everything that the sources have to keep to. */
export interface House {
  readonly rooms: Readonly<Record<string, Room>>;
  readonly storeys: Readonly<Record<string, readonly string[]>>;
  readonly longest: number;
}

export const house: House = { rooms, storeys, longest };

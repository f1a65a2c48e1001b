import * as vscode from 'vscode';

/** A command line that can decide whether a task is done. */
export interface DecidingCommand {
  readonly line: string;
  readonly from: string;
  /** Its output names the tests, so that they can be counted. */
  readonly countsTests: boolean;
}

/** Scripts of package.json that judge rather than build. */
const judging = /^(test|check|verify|lint|typecheck)(:[\w:-]+)?$/;
const countable = /node --test|mocha|--reporter[= ]tap|\btap\b/;

const elsewhere: readonly (DecidingCommand & { readonly file: string })[] = [
  { file: 'pytest.ini', line: 'python -m pytest -q', from: 'pytest.ini', countsTests: true },
  { file: 'pyproject.toml', line: 'python -m pytest -q', from: 'pyproject.toml', countsTests: true },
  { file: 'Cargo.toml', line: 'cargo test', from: 'Cargo.toml', countsTests: false },
  { file: 'go.mod', line: 'go test ./...', from: 'go.mod', countsTests: false },
  { file: 'Makefile', line: 'make test', from: 'Makefile', countsTests: false },
];

/** Commands that the files at the top of a folder suggest, the likeliest first. */
export async function decidingCommands(folder: vscode.Uri): Promise<readonly DecidingCommand[]> {
  const names = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name));
  const scripts = names.has('package.json') ? await packageScripts(vscode.Uri.joinPath(folder, 'package.json')) : [];
  const found = elsewhere.filter(({ file }) => names.has(file)).map(({ line, from, countsTests }) => ({ line, from, countsTests }));
  return [...scripts, ...found.filter((one, index) => found.findIndex(({ line }) => line === one.line) === index)];
}

async function packageScripts(file: vscode.Uri): Promise<readonly DecidingCommand[]> {
  const scripts = scriptsOf(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
  return scripts.filter(([name]) => judging.test(name)).map(([name, script]) => ({ line: name === 'test' ? 'npm test' : `npm run ${name}`, from: `package.json: ${script}`, countsTests: countable.test(script) }));
}

/** Scripts of a manifest, `test` first; none where it cannot be read. */
export function scriptsOf(manifest: string): readonly (readonly [string, string])[] {
  try {
    const { scripts } = JSON.parse(manifest) as { readonly scripts?: Readonly<Record<string, unknown>> };
    const lines = Object.entries(scripts ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return lines.toSorted(([a], [b]) => Number(b === 'test') - Number(a === 'test'));
  } catch {
    return [];
  }
}

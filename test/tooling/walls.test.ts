import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { innocent, planted, type Wall } from './planted.ts';
import { house as rules } from './rooms.ts';
import { brokenWalls } from './walls.ts';

const root = process.cwd();

describe('The walls', () => {
  let house: string;
  let reports: Record<Wall, string>;

  before(async function () {
    this.timeout(120_000);
    house = copyOfTheHouse();
    for (const { file, text } of [...innocent, ...planted]) plant(path.join(house, 'src', file), text);
    const [types, lint] = await Promise.all([output('typescript/bin/tsc', ['-b', '--pretty', 'false']), output('oxlint/bin/oxlint', ['--format', 'unix', 'src'])]);
    reports = { architecture: brokenWalls(path.join(house, 'src'), rules).join('\n'), types, lint };
  });

  after(() => fs.rmSync(house, { recursive: true, force: true }));

  for (const { what, file, noticedBy } of planted) {
    it(`${noticedBy.join(' and ')}: ${what} is noticed`, () => {
      for (const wall of noticedBy) assert.ok(names(reports[wall], file), `${wall} does not name ${file}:\n${reports[wall]}`);
    });
  }

  it('leave what is in order alone', () => {
    for (const { file } of innocent) for (const wall of Object.keys(reports) as Wall[]) assert.ok(!names(reports[wall], file), `${wall} names ${file}`);
  });

  /** Runs a tool of ours on the copy and answers what it prints; what it finds makes it fail, as it should. */
  function output(tool: string, args: readonly string[]): Promise<string> {
    return new Promise((resolve) => execFile(process.execPath, [path.join(root, 'node_modules', tool), ...args], { cwd: house, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => resolve(stdout + stderr)));
  }
});

/** A copy of the sources with the settings of the tools, and with the packages by a link. */
function copyOfTheHouse(): string {
  const house = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-house-'));
  fs.cpSync(path.join(root, 'src'), path.join(house, 'src'), { recursive: true });
  fs.copyFileSync(path.join(root, '.oxlintrc.json'), path.join(house, '.oxlintrc.json'));
  const settings = JSON.parse(fs.readFileSync(path.join(root, 'tsconfig.json'), 'utf8')) as { references: { path: string }[] };
  const references = settings.references.filter((each) => each.path.startsWith('src/'));
  fs.writeFileSync(path.join(house, 'tsconfig.json'), JSON.stringify({ ...settings, references }));
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(house, 'node_modules'), 'junction');
  plant(path.join(house, 'test/tooling/rooms.ts'), fs.readFileSync(path.join(root, 'test/tooling/rooms.ts'), 'utf8'));
  return house;
}

function plant(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** Whether a report is about a file, given from `src`: as the file at fault, not as what another one imports. */
const names = (report: string, file: string): boolean => report.split('\n').some((line) => line.replace(/^src\//, '').startsWith(file) || (line.startsWith('circle') && line.includes(file)));

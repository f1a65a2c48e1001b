import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Intention } from '../../../src/core/session/view.ts';
import { House, Template } from './histories/house.ts';
import { snapshot } from './histories/snapshot.ts';

/** Makes and removes things in a work tree, by their paths there. */
interface Hands {
  folder(name: string): void;
  file(name: string): void;
  link(name: string): void;
  gone(name: string): void;
}

function handsIn(root: string): Hands {
  const at = (name: string): string => path.join(root, name);
  return {
    folder: (name) => void fs.mkdirSync(at(name), { recursive: true }),
    file: (name) => void (fs.mkdirSync(path.dirname(at(name)), { recursive: true }), fs.writeFileSync(at(name), `${name}\n`)),
    link: (name) => fs.symlinkSync('a.txt', at(name)),
    gone: (name) => fs.rmSync(at(name), { recursive: true }),
  };
}

interface Row {
  readonly what: string;
  /** What the user makes before the command. */
  readonly first?: (hands: Hands) => void;
  readonly command: (hands: Hands) => void;
  /** What the user does after it. */
  readonly then?: (hands: Hands) => void;
  /** The file that takes all of it back by itself. */
  readonly file?: string;
  /** What the preview says of empty folders. */
  readonly told: readonly string[];
}

const rows: readonly Row[] = [
  { what: 'a file in the place of an empty folder', first: ({ folder }) => folder('src/e'), command: ({ gone, file }) => (gone('src/e'), file('src/e')), file: 'src/e', told: ['src/e: folder'] },
  { what: 'a link in the place of an empty folder', first: ({ folder }) => folder('src/e'), command: ({ gone, link }) => (gone('src/e'), link('src/e')), file: 'src/e', told: ['src/e: folder'] },
  { what: 'a file in the place of a folder with empty folders alone', first: ({ folder }) => (folder('src/e/one/two'), folder('src/e/three')), command: ({ gone, file }) => (gone('src/e'), file('src/e')), file: 'src/e', told: ['src/e/one/two: folder', 'src/e/three: folder'] },
  { what: 'a file in the place of a folder with a file and an empty folder', first: ({ folder }) => folder('src/d/e'), command: ({ gone, file }) => (gone('src/d'), file('src/d')), told: ['src/d/e: folder'] },
  { what: 'nothing in the place of an empty folder', first: ({ folder }) => folder('src/e/deep'), command: ({ gone }) => gone('src/e'), told: ['src/e/deep: folder'] },
  { what: 'a file in an empty folder', first: ({ folder }) => folder('src/e'), command: ({ file }) => file('src/e/x'), told: ['src/e: folder'] },
  { what: 'an empty folder in the place of a file', command: ({ gone, folder }) => (gone('src/a.txt'), folder('src/a.txt')), file: 'src/a.txt', told: ['src/a.txt: no-folder'] },
  { what: 'empty folders in the place of a file', command: ({ gone, folder }) => (gone('src/a.txt'), folder('src/a.txt/one'), folder('src/a.txt/two/deep')), file: 'src/a.txt', told: ['src/a.txt/one: no-folder', 'src/a.txt/two/deep: no-folder'] },
  { what: 'a folder with files in the place of a file', command: ({ gone, file }) => (gone('src/a.txt'), file('src/a.txt/x/y'), file('src/a.txt/z')), told: [] },
  { what: 'a folder with a file and an empty folder in the place of a file', command: ({ gone, file, folder }) => (gone('src/a.txt'), file('src/a.txt/x'), folder('src/a.txt/deep/e')), told: ['src/a.txt/deep/e: no-folder'] },
  { what: 'empty folders of the user in the place of a file', command: ({ gone }) => gone('src/a.txt'), then: ({ folder }) => (folder('src/a.txt/one'), folder('src/a.txt/two')), file: 'src/a.txt', told: ['src/a.txt/one: no-folder', 'src/a.txt/two: no-folder'] },
];

describe('empty folders and files in each other\'s place', function () {
  this.timeout(60_000);
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  async function play(work: (house: House, hands: Hands) => Promise<void>): Promise<void> {
    const folder = template.copy('flag');
    const house = await House.takeUp(folder);
    try {
      await work(house, handsIn(house.root));
    } finally {
      await house.close();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  for (const { what, first, command, then, file, told } of rows) {
    const ways: readonly Intention[] = [{ type: 'rewind-boundary', to: 'base' }, ...(file === undefined ? [] : [{ type: 'rewind-path', path: file } as const])];
    for (const back of ways) {
      it(`${what}: ${back.type} takes it back, and undo and redo, and the preview says so`, () => play(async (house, hands) => {
        first?.(hands);
        const was = snapshot(house.root);
        await house.command(() => command(hands));
        then?.(hands);
        const made = snapshot(house.root);
        const preview = await house.controller.preview(back);
        assert.deepEqual(preview.beside.map((one) => `${one.path}: ${one.does}`).sort(), told);
        assert.equal((await house.act(back)).ok, true);
        assert.deepEqual(snapshot(house.root), was, 'rewound');
        const rewind = house.session.rewinds.at(-1)?.id ?? '';
        for (const round of ['once', 'twice']) {
          assert.equal((await house.act({ type: 'undo-rewind', rewind })).ok, true);
          assert.deepEqual(snapshot(house.root), made, `undone ${round}`);
          assert.equal((await house.act({ type: 'redo-rewind', rewind })).ok, true);
          assert.deepEqual(snapshot(house.root), was, `redone ${round}`);
        }
      }));
    }
  }

  it('stay the user\'s where an undo made them again: no later rewind takes them', () => play(async (house, { folder, gone }) => {
    await house.command(() => gone('src/a.txt'));
    await house.cross();
    folder('src/a.txt/one');
    const made = snapshot(house.root);
    await house.act({ type: 'rewind-path', path: 'src/a.txt' });
    await house.act({ type: 'undo-rewind', rewind: house.session.rewinds.at(-1)?.id ?? '' });
    await house.act({ type: 'rewind-boundary', to: house.session.line.boundaries.at(-1)?.id ?? '' });
    assert.deepEqual(snapshot(house.root), made);
  }));
});

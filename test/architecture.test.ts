import assert from 'node:assert/strict';
import path from 'node:path';
import { house } from './tooling/rooms.ts';
import { brokenWalls, readSources } from './tooling/walls.ts';

const src = path.resolve('src');

describe('The house', () => {
  it('stands on its walls: rooms import only what their line in the table allows, storeys only what is below them, without circles, in files of readable length', () => {
    assert.deepEqual(brokenWalls(src, house), []);
  });

  it('knows the example nowhere but in the demo', () => {
    const demo = /^(cli|extension)\/demo[A-Za-z]*\.ts$/;
    const words = /scripted-model|examples\/|activations/;
    const telling = readSources(src).filter(({ file, text }) => !demo.test(file) && words.test(text));
    assert.deepEqual(telling.map(({ file, text }) => `${file}: ${words.exec(text)?.[0]}`), []);
  });
});

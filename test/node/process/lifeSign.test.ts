import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LifeSign } from '../../../src/node/process/lifeSign.ts';

describe('signs of life', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-life-'));
  const file = path.join(folder, 'sign');
  after(() => fs.rmSync(folder, { recursive: true }));

  it('tell another process when work ran that came to its end, as nobody may have recorded what it did', async () => {
    for (let time = 0; time < 50; time += 1) {
      const from = Date.now();
      await new LifeSign(file).during('c1', 'here', async () => fs.writeFileSync(path.join(folder, 'work'), ''));
      const span = await new LifeSign(file).last();
      assert.ok(span !== undefined && span.from >= from && span.to >= fs.statSync(path.join(folder, 'work')).ctimeMs && span.to <= Date.now() + 1, JSON.stringify(span));
    }
  });

  it('tell of work that was cut off until when it was seen, and not beyond: what comes then may be a person\'s', async () => {
    fs.writeFileSync(file, '1000 running c1 here');
    fs.utimesSync(file, 5, 5);
    assert.deepEqual(await new LifeSign(file).last(), { from: 1000, to: 5000, where: 'here', call: 'c1' });
  });

  it('tell nothing where there are none, or where they are cut off themselves', async () => {
    for (const text of ['', 'x', '1000', '1000 run', '1000 running c1', '1000 2000']) {
      fs.writeFileSync(file, text);
      assert.equal(await new LifeSign(file).last(), undefined);
    }
    assert.equal(await new LifeSign(path.join(folder, 'none')).last(), undefined);
  });
});

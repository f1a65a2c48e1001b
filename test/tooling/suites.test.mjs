import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { concluded, counted, mocha, nothing, part, step, sum, trusted } from '../../scripts/tests/suites.mjs';
import { Problem } from '../../scripts/problem.mjs';
import { inRoot } from '../../scripts/root.mjs';

/** Keeps what is printed out of the output of the tests and answers it. @param {() => unknown} work @returns {Promise<string>} */
async function printed(work) {
  const { log } = console;
  /** @type {string[]} */
  const lines = [];
  console.log = (...parts) => void lines.push(parts.join(' '));
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines.join('\n');
}

describe('The counts of a suite', () => {
  const results = (/** @type {object} */ counts) => JSON.stringify({ passed: 0, failed: 0, skipped: [], ...counts });

  for (const [what, status, text, expected] of /** @type {const} */ ([
    ['all passed', 0, results({ passed: 3 }), { passed: 3, failed: 0 }],
    ['some failed', 2, results({ passed: 3, failed: 2 }), { passed: 3, failed: 2 }],
    ['broke off before it wrote results', 0, '', { passed: 0, failed: 1 }],
    ['wrote half of its results', 1, '{"passed":', { passed: 0, failed: 1 }],
    ['has no test', 0, results({}), { passed: 0, failed: 1 }],
    ['ended badly although nothing failed', 1, results({ passed: 3 }), { passed: 3, failed: 1 }],
    ['ended well although something failed', 0, results({ passed: 3, failed: 2 }), { passed: 3, failed: 2 }],
  ])) {
    it(`that ${what} are ${expected.passed} passed, ${expected.failed} failed`, async () => {
      await printed(() => {
        const { passed, failed } = trusted(status, text);
        assert.deepEqual({ passed, failed }, expected);
      });
    });
  }

  it('that throws are one failure, with the reason', async () => {
    const output = await printed(async () => {
      const counts = await part('A part', () => Promise.reject(new Problem('no chance', 'try this')));
      assert.equal(counts.failed, 1);
      assert.match(counts.failures[0] ?? '', /^A part: no chance\n +try this/);
    });
    assert.match(output, /no chance\n +try this/);
  });

  it('of a step are nothing when it goes well', () => printed(async () => assert.deepEqual(await step('A step', async () => {}), nothing)));

  it('are added up', () => {
    const [one, other] = [
      { passed: 1, failed: 2, skipped: ['a'], failures: ['x', 'y'] },
      { passed: 3, failed: 1, skipped: ['b'], failures: ['z'] },
    ];
    assert.deepEqual(sum([one, other]), { passed: 4, failed: 3, skipped: ['a', 'b'], failures: ['x', 'y', 'z'] });
  });

  it('end a run with what was skipped, each failure and the counts, in this order', async () => {
    const output = await printed(() => assert.equal(concluded([{ passed: 1, failed: 1, skipped: ['left out'], failures: ['a test\nAssertionError: 1 !== 2'] }]), 1));
    assert.equal(output, '\n1 skipped:\n  - left out\n\nWhat failed:\n  ✗ a test\n    AssertionError: 1 !== 2\n\n1 passed, 1 failed');
    assert.equal(await printed(() => assert.equal(concluded([{ ...nothing, passed: 1 }]), 0)), '\n1 passed, 0 failed');
  });

  it('come from the file that is named in the environment, which is gone afterwards', async () => {
    let file = '';
    const counts = await counted(async (env) => {
      file = env.BOUNDED_TEST_RESULTS;
      fs.writeFileSync(file, results({ passed: 1 }));
      return { status: 0 };
    });
    assert.equal(counts.passed, 1);
    assert.ok(!fs.existsSync(file));
  });
});

describe('A run of mocha', () => {
  /** @type {string} */
  let place;
  before(() => {
    fs.mkdirSync(inRoot('out'), { recursive: true });
    place = fs.mkdtempSync(inRoot('out', 'mocha-'));
  });
  after(() => fs.rmSync(place, { recursive: true, force: true }));

  for (const jobs of [1, 2]) {
    it(`counts what passed, failed and was skipped, with ${jobs} file${jobs > 1 ? 's' : ''} at a time`, async () => {
      fs.writeFileSync(path.join(place, 'a.test.mjs'), `it('good', () => {}); it('left out', function () { this.skip(); });`);
      fs.writeFileSync(path.join(place, 'b.test.mjs'), `it('good too', () => {});`);
      await printed(async () => assert.deepEqual(await mocha([path.join(place, '*.test.mjs')], { jobs, quiet: true }), { passed: 2, failed: 0, skipped: ['left out'], failures: [] }));
      fs.writeFileSync(path.join(place, 'b.test.mjs'), `it('bad', () => { throw new Error('bad'); }); after(() => { throw new Error('bad hook'); });`);
      await printed(async () => {
        const { failures, ...counts } = await mocha([path.join(place, '*.test.mjs')], { jobs, quiet: true });
        assert.deepEqual(counts, { passed: 1, failed: 2, skipped: ['left out'] });
        assert.match(failures[0] ?? '', /^bad\nError: bad\n +at .*b\.test\.mjs/);
        assert.match(failures[1] ?? '', /after all.*\nError: bad hook/);
      });
    });
  }

  it('fails when a file cannot be loaded', async () => {
    fs.writeFileSync(path.join(place, 'broken.test.mjs'), `import './no-such-file.mjs';`);
    await printed(async () => assert.equal((await mocha([path.join(place, 'broken.test.mjs')], { quiet: true })).failed, 1));
  });
});

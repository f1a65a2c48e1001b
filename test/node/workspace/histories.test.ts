import fs from 'node:fs';
import fc from 'fast-check';
import { Template } from './histories/house.ts';
import { play } from './histories/play.ts';
import { type History, history } from './histories/steps.ts';

/**
 * Random histories of a session and its user, played with the real journal, store and agent against a model in memory. More of them for a
 * long run: BOUNDED_HISTORIES is their number, BOUNDED_HISTORIES_MINUTES the time after which it ends, BOUNDED_HISTORIES_SEED the seed of a failure.
 */
const numRuns = Number(process.env['BOUNDED_HISTORIES'] ?? 200);
const minutes = Number(process.env['BOUNDED_HISTORIES_MINUTES'] ?? 5);
const seed = Number(process.env['BOUNDED_HISTORIES_SEED'] ?? Date.now() % 2 ** 31);
const length = 30;

describe('random histories of a session and its user', () => {
  const template = new Template();
  before(() => template.make());
  after(() => template.remove());

  it(`never lose a line of the user, and rewind exactly (seed ${seed})`, async function () {
    this.timeout((minutes + 10) * 60_000);
    let played = 0;
    const reporter = (details: fc.RunDetails<[History]>): void => {
      if (!details.failed) return;
      const [one] = details.counterexample ?? [];
      const steps = one?.steps.filter((each) => each.do !== 'nothing').map((each) => `  ${JSON.stringify(each)}`) ?? [];
      throw new Error(`${String(details.errorInstance)}\nseed ${details.seed}, after ${details.numRuns} histories, on-stray ${one?.onStray}:\n${steps.join('\n')}`, { cause: details.errorInstance });
    };
    await fc.assert(fc.asyncProperty(history(length), async (one) => {
      const folder = template.copy();
      try {
        await play(folder, one);
      } finally {
        played += 1;
        fs.rmSync(folder, { recursive: true, force: true });
      }
    }), { numRuns, seed, interruptAfterTimeLimit: minutes * 60_000, markInterruptAsFailure: false, reporter });
    if (process.env['BOUNDED_HISTORIES'] !== undefined) console.log(`    ${played} histories of ${length} steps, seed ${seed}`);
  });
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import fc from 'fast-check';
import { type OnStray, Template } from './house.ts';
import { play } from './play.ts';
import { type Step, steps } from './steps.ts';

const { BOUNDED_HISTORIES: wanted, BOUNDED_HISTORIES_MINUTES: limit, BOUNDED_HISTORIES_SEED: given } = process.env;
/** Of one policy; there are two. */
const usual = 100;
const minutes = Number(limit ?? 5);
/** The same histories every day; others for a long run. */
const seed = Number(given ?? (wanted === undefined ? 1 : Date.now() % 2 ** 31));
const length = 30;

/**
 * Random histories of a session and its user under one policy on strays, played with the real journal, store and agent against a model in
 * memory. For a long run, BOUNDED_HISTORIES is their number, BOUNDED_HISTORIES_MINUTES the time after which it ends; BOUNDED_HISTORIES_SEED
 * plays the histories of a failure again.
 */
export function describeHistories(onStray: OnStray): void {
  describe(`random histories of a session and its user, on-stray ${onStray}`, () => {
    const template = new Template();
    before(() => template.make());
    after(() => template.remove());

    it(`never lose a line of the user, and rewind exactly (seed ${seed})`, async function () {
      this.timeout((minutes + 10) * 60_000);
      let played = 0;
      let last: Promise<unknown> = Promise.resolve();
      const property = fc.asyncProperty(steps(length), async (history) => {
        const folder = template.copy(onStray);
        last = play(folder, history).finally(() => {
          played += 1;
          fs.rmSync(folder, { recursive: true, force: true });
        });
        await last;
      });
      // A long run ends at its time; the usual one plays all of them, however long that takes.
      const ends = wanted === undefined ? {} : { interruptAfterTimeLimit: minutes * 60_000, markInterruptAsFailure: false };
      await fc.assert(property, { numRuns: Number(wanted ?? usual), seed, ...ends, reporter });
      // At its time limit fast-check waits for nothing.
      await last;
      if (wanted === undefined) assert.ok(played >= usual, `only ${played} of ${usual} histories were played`);
      console.log(`    ${played} histories of ${length} steps, seed ${seed}`);
    });
  });
}

/** The steps of the shortest failing history that was found, one a line. */
function reporter({ failed, counterexample, errorInstance, numRuns }: fc.RunDetails<[readonly Step[]]>): void {
  if (!failed) return;
  const told = counterexample?.[0].filter((step) => step.do !== 'nothing').map((step) => `  ${JSON.stringify(step)}`) ?? [];
  throw new Error(`${String(errorInstance)}\nseed ${seed}, history ${numRuns}:\n${told.join('\n')}`, { cause: errorInstance });
}

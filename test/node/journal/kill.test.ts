import assert from 'node:assert/strict';
import { openJournal, verifyTrace } from '../../../src/node/journal/journal.ts';
import { textOf } from './support/events.ts';
import { testFolder } from './support/folder.ts';
import { buildProgram, endPrograms, startProgram } from './support/program.ts';

describe('a journal whose writer is killed', () => {
  const { at } = testFolder();
  afterEach(endPrograms);

  it('holds every acknowledged record, twenty times over, and goes on each time', async () => {
    const program = await buildProgram('appender', at());
    const trace = at('trace.jsonl');
    let acknowledged = 0;
    for (let round = 0; round < 20; round += 1) {
      const appender = startProgram(program, [trace, round === 0 ? 'create' : 'open']);
      // Killed after a different number of records each time; whatever it is doing then is cut short.
      for (let n = 0; n <= (round * 13) % 29; n += 1) acknowledged = Number((await appender.line()) ?? acknowledged);
      appender.signal('SIGKILL');
      acknowledged = Number((await appender.rest()).at(-1) ?? acknowledged);
      await appender.kill();
      const { count, problem, tornTail } = await verifyTrace(trace);
      assert.ok(count >= acknowledged, `round ${round}: ${count} records of ${acknowledged} acknowledged`);
      assert.ok(problem === undefined || tornTail, `round ${round}: line ${problem?.line}: ${problem?.why}`);
    }
    assert.ok(acknowledged > 20);
    const opened = await openJournal(trace);
    assert.ok(opened.kind === 'open');
    for (const entry of opened.entries) assert.ok(textOf(entry.event).startsWith(`${entry.seq} `));
    await opened.journal.close();
  }).timeout(120_000);

  it('with a second writer at once acknowledges nothing outside the unbroken chain', async () => {
    const program = await buildProgram('appender', at());
    const trace = at('trace.jsonl');
    const first = startProgram(program, [trace, 'create']);
    assert.equal(await first.line(), '1');
    // Stopped wherever it is, between its look at the tail and its write perhaps: no lease is held in this test.
    first.signal('SIGSTOP');
    const second = startProgram(program, [trace, 'open']);
    const started = await second.line();
    first.signal('SIGCONT');
    const byFirst = Number((await first.rest()).at(-1) ?? '1');
    second.signal('SIGKILL');
    const bySecond = Number((await second.rest()).at(-1) ?? started);
    const { count } = await verifyTrace(trace);
    assert.ok(bySecond > byFirst, 'the first has stopped by itself');
    assert.ok(count >= bySecond, `${count} records, ${byFirst} and ${bySecond} acknowledged`);
  }).timeout(60_000);
});

import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { createArtifacts } from '../../../src/node/journal/artifacts.ts';
import { createJournal, openJournal, readJournal, verifyTrace } from '../../../src/node/journal/journal.ts';
import { createRedact, redactJson } from '../../../src/node/journal/redaction.ts';
import { note } from './support/events.ts';
import { testFolder } from './support/folder.ts';

const canary = 'sk-canary-"quoted"\\back\\\\slash/é\nline-4242';

const letterByLetter = (text: string): string => Array.from({ length: text.length }, (_, n) => `\\u${text.charCodeAt(n).toString(16).padStart(4, '0')}`).join('');
const json = (text: string): string => JSON.stringify(text).slice(1, -1);

describe('redaction', () => {
  const spellings: readonly [string, (text: string) => string][] = [
    ['as it is', (text) => text],
    ['in JSON', json],
    ['in JSON in JSON', (text) => json(json(text))],
    ['in JSON three deep', (text) => json(json(json(text)))],
    ['letter by letter in JSON', letterByLetter],
    ['letter by letter in JSON in JSON', (text) => json(letterByLetter(text))],
    ['with escaped slashes', (text) => json(text).replaceAll('/', '\\/')],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64 for addresses', (text) => Buffer.from(text).toString('base64url')],
  ];

  for (const [how, spell] of spellings) {
    it(`finds a secret ${how}`, () => {
      const redact = createRedact([canary]);
      assert.equal(redact(`before ${spell(canary)} after`).replace(/=+ after/, ' after'), 'before [redacted] after');
    });
  }

  it('finds a secret in an address', () => {
    const key = 'sk/ant+key=12 34';
    assert.equal(createRedact([key])(`https://x/?k=${encodeURIComponent(key)}&z=1`), 'https://x/?k=[redacted]&z=1');
  });

  it('finds any secret in any spelling, and leaves a text without it as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 8, maxLength: 60 }), fc.string(), fc.string(), fc.constantFrom(...spellings), (secret, left, right, [, spell]) => {
        const redact = createRedact([secret]);
        assert.ok(!redact(`${left}${spell(secret)}${right}`).includes(spell(secret)));
        const without = `${left}|${right}`;
        if (!without.includes(secret.slice(0, 4))) assert.equal(redact(without), without);
      }),
      { numRuns: 500 },
    );
  });

  it('takes the longer of two secrets that begin alike', () => {
    assert.equal(createRedact(['sk-secret', 'sk-secret-and-more'])('a sk-secret-and-more b sk-secret c'), 'a [redacted] b [redacted] c');
  });

  it('does not take short values for secrets', () => {
    assert.equal(createRedact(['', 'a', 'seven77'])('a seven77 text'), 'a seven77 text');
  });

  it('reaches keys and values at any depth', () => {
    const redacted = redactJson({ [`k ${canary}`]: [1, null, { deep: canary }] }, createRedact([canary]));
    assert.deepEqual(redacted, { 'k [redacted]': [1, null, { deep: '[redacted]' }] });
  });

  it('comes to an end on long runs of backslashes', () => {
    const redact = createRedact(['\\\\\\\\\\\\\\\\secret', 'C:\\one\\two\\three\\four']);
    const text = '\\'.repeat(200_000);
    assert.equal(redact(text), text);
  });

  describe('at the writer', () => {
    const { at } = testFolder();
    const redact = createRedact([canary]);

    it('keeps a secret out of the journal, and what is resumed is what was answered', async () => {
      const journal = await createJournal(at('trace.jsonl'), { redact });
      const said = await journal.append(1, 1, note(`the key is ${canary}, in JSON ${json(canary)}, hidden ${letterByLetter(canary)}`));
      const called = await journal.append(2, 2, { type: 'tool/called', conversation: 'c', call: 'k', tool: 'bash', title: canary, input: { [canary]: { env: [canary] } } });
      await journal.close();
      const bytes = await readFile(at('trace.jsonl'), 'utf8');
      for (const trace of ['canary', 'u0063\\u0061\\u006e', '4242']) assert.ok(!bytes.toLowerCase().includes(trace), trace);
      assert.deepEqual((await readJournal(at('trace.jsonl'))).entries, [said, called]);
      assert.ok((await verifyTrace(at('trace.jsonl'))).ok);
    });

    it('holds after a resume too', async () => {
      await (await createJournal(at('trace.jsonl'), { redact })).close();
      const opened = await openJournal(at('trace.jsonl'), { redact });
      assert.ok(opened.kind === 'open');
      await opened.journal.append(1, 1, note(canary));
      await opened.journal.close();
      assert.ok(!(await readFile(at('trace.jsonl'), 'utf8')).includes('canary'));
    });

    it('keeps a secret out of artifacts', async () => {
      await mkdir(at('artifacts'));
      const artifacts = createArtifacts(at('artifacts'), { redact });
      const id = await artifacts.put(`output: ${canary}\n`);
      assert.equal(await artifacts.get(id), 'output: [redacted]\n');
    });
  });
});

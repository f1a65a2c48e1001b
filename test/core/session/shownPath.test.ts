import assert from 'node:assert/strict';
import fc from 'fast-check';
import { oneLine } from '../../../src/core/session/reports/markdown.ts';
import { shownPath } from '../../../src/core/session/shownPath.ts';
import { decodeBytes } from '../../../src/node/workspace/common/bytes.ts';

describe('a path as a person is shown it', () => {
  it('is itself where all of it can be seen, else in quotes as git has it', () => {
    const rows = [
      ['src/café.ts', 'src/café.ts'], ['a b', 'a b'], ['back\\slash', 'back\\slash'], ['quo"te', 'quo"te'], ['"x', '"\\"x"'],
      ['new\nline\t"x\\', '"new\\nline\\t\\"x\\\\"'], ['caf\udce9.txt', '"caf\\351.txt"'], ['.g\u200cit', '".g\\342\\200\\214it"'], ['\u001b[2Jx', '"\\033[2Jx"'], [' a  b ', '"\\040a \\040b\\040"'],
    ] as const;
    for (const [path, shown] of rows) assert.equal(shownPath(path), shown);
  });

  it('is on one line, whoever prints it, and never that of another file', () => {
    const bytes = fc.uint8Array({ min: 1, max: 255, minLength: 1, maxLength: 6 }).map((some) => decodeBytes(Buffer.from(some)));
    const path = fc.oneof(bytes, fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\n', '\u200b', '\u00ad', '\udcff', '\udcfe', '0', 'é'), maxLength: 6 }));
    fc.assert(fc.property(path, path, (one, other) => {
      assert.equal(oneLine(shownPath(one)), shownPath(one));
      assert.equal(shownPath(one) === shownPath(other), one === other);
    }));
  });
});

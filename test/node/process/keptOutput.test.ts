import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KeptOutput } from '../../../src/node/process/keptOutput.ts';
import { plainText } from '../../../src/node/process/plainText.ts';

const gap = (omitted: number) => `<${omitted}>`;

describe('kept output', () => {
  it('is whole up to its limits, however it comes', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
      const kept = new KeptOutput(1000, 1000);
      for (const chunk of chunks) kept.add(Buffer.from(chunk));
      assert.equal(kept.text(gap), Buffer.concat(chunks).toString('utf8'));
      assert.equal(kept.omitted, 0);
    }));
  });

  it('keeps whole lines of head and tail beyond them, and says how much is missing', () => {
    const kept = new KeptOutput(10, 10);
    for (let line = 1; line <= 1000; line++) kept.add(Buffer.from(`${line}\n`));
    assert.equal(kept.bytes, 3893);
    assert.equal(kept.text(gap), `1\n2\n3\n4\n5\n<${3893 - 20}>999\n1000\n`);
  });

  it('counts every byte once', () => {
    fc.assert(fc.property(fc.array(fc.nat(50), { maxLength: 50 }), fc.nat(60), fc.nat(60), (sizes, head, tail) => {
      const kept = new KeptOutput(head, tail);
      for (const size of sizes) kept.add(Buffer.alloc(size, 10));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      assert.equal(kept.bytes, total);
      assert.equal(kept.omitted, Math.max(0, total - head - tail));
    }));
  });

  it('does not leave part of a long word at a cut', () => {
    const kept = new KeptOutput(100, 100);
    kept.add(Buffer.from(`first\n${'s3cret'.repeat(100)}\nlast\n`));
    assert.equal(kept.text(gap), 'first\n<412>last\n');
  });
});

describe('plain text', () => {
  it('has no control sequence of a terminal left, and one kind of line end', () => {
    assert.equal(plainText('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b]8;;http://a\u001b\\y\u001b(B\u001bc\u001b[?1049h\r\nz\rw\u0000\u0008\u009b1m\tend'), 'red xy\nz\nw1m\tend');
  });

  it('has no escape, whatever it is made from', () => {
    const hostile = fc.string({ unit: fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', 'P', 'a', '\n', '\r', '\u009b', '\u0000') });
    fc.assert(fc.property(hostile, (text) => !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(plainText(text))));
  });

  it('leaves text alone', () => {
    fc.assert(fc.property(fc.stringMatching(/^[\x20-\x7e\n\t\u00a0-\u024f]*$/), (text) => plainText(text) === text));
  });
});

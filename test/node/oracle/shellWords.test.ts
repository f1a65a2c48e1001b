import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { substitute } from '../../../src/core/oracle/shellWords.ts';

const sh = (line: string) => execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });

describe('a value in a command line, as a shell reads it', () => {
  const hostile = fc.string({ unit: fc.constantFrom("'", '"', '$', '`', '\\', '(', ')', '{', '}', ';', '&', '|', '>', '*', '~', '#', '!', ' ', '\n', 'a', 'HOME', '$(echo x)', '`echo y`'), maxLength: 12 });
  const places = ['printf "%s" ${v}', 'printf "%s" "${v}"', "printf '%s' '${v}'", 'printf "%s" "<${v}>"', "printf '%s' x'<${v}>'", 'printf "%s" "$(printf "%s." ${v})"', 'printf "%s" "$(printf "%s." "${v}")"', 'printf %s "`printf %s. ${v}`"', '(printf "%s" ${v})'];

  for (const place of places) {
    it(`is one literal text in ${place}`, () => {
      fc.assert(fc.property(hostile, (value) => {
        const [before, after] = place.includes('<') ? [/x'</.test(place) ? 'x<' : '<', '>'] : ['', place.includes('%s.') ? '.' : ''];
        assert.equal(sh(substitute(place, new Map([['v', value]]))), `${before}${value}${after}`);
      }), { numRuns: 60 });
    });
  }
});

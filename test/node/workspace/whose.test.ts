import assert from 'node:assert/strict';
import { ruledBy, type Standing } from '../../../src/node/workspace/landing/whose.ts';

const blob = { oid: 'a', mode: '100644' } as const;
const rule = (fields: Partial<Standing>) => ruledBy({ scratch: false, before: undefined, isThere: true, untouched: true, ...fields });

describe('A path that a command changed', () => {
  it('is free in scratch, whoever changed it', () => {
    for (const fields of [{ before: blob }, { untouched: false }, { isThere: false }]) assert.equal(rule({ scratch: true, ...fields }), 'free');
  });

  it('is ruled on by its contents where a checkpoint held it, there or not', () => {
    for (const fields of [{}, { untouched: false }, { isThere: false, untouched: false }]) assert.equal(rule({ before: blob, ...fields }), 'contents');
  });

  it('that no checkpoint held is the user\'s as soon as it changed while the command ran', () => {
    assert.deepEqual([rule({}), rule({ untouched: false }), rule({ isThere: false, untouched: false })], ['free', 'users', 'new']);
  });
});

import assert from 'node:assert/strict';
import { isLess } from '../../src/agent/moved.ts';

describe('where no checkpoint looks', () => {
  it('something is missing when it is gone or has fewer files, and not when it merely changed or can come back', () => {
    const rows: readonly (readonly [string | undefined, string | undefined, boolean])[] = [
      ['3 files a', undefined, true], ['3 files a', '2 files b', true], ['3 files a', '3 files b', false], ['3 files a', '10 files b', false], [undefined, '3 files a', false],
      ['repository', undefined, true], ['it cannot be read (EACCES)', '3 files a', false], ['empty folder', undefined, false], ['permissions 600', undefined, false], ['socket', undefined, false], ['pipe', undefined, false],
    ];
    for (const [before, after, less] of rows) assert.equal(isLess({ path: 'a', call: 'c', ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }), less, `${before} ${after}`);
  });
});

import assert from 'node:assert/strict';
import { besideChanges, canComeBack, inverse, planBeside } from '../../src/agent/beside.ts';

describe('what no tree names', () => {
  it('is told by what differs between two looks', () => {
    assert.deepEqual(besideChanges('c', { same: 'pipe', gone: 'empty folder', a: 'permissions 600' }, { same: 'pipe', made: 'empty folder', a: 'permissions 640' }), [
      { path: 'gone', call: 'c', before: 'empty folder' }, { path: 'a', call: 'c', before: 'permissions 600', after: 'permissions 640' }, { path: 'made', call: 'c', after: 'empty folder' },
    ]);
  });

  it('comes back where it is an empty folder or permissions, and nothing else', () => {
    const words = (before: string | undefined, after: string | undefined) => canComeBack({ path: 'a', call: 'c', ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
    assert.deepEqual([words('empty folder', undefined), words(undefined, 'permissions 4755'), words('permissions 600', 'empty folder')], [true, true, true]);
    assert.deepEqual([words('pipe', undefined), words('permissions 600', 'it cannot be read (EACCES)'), words('0f3a', '77aa')], [false, false, false]);
  });

  it('is undone to what it was before the first change, from what the last one left, and the other way round', () => {
    const plan = planBeside([
      { path: 'a', call: '1', before: 'permissions 600', after: 'permissions 640' }, { path: 'a', call: '2', before: 'permissions 640' },
      { path: 'd', call: '1', after: 'empty folder' }, { path: 'd', call: '2', before: 'empty folder' },
      { path: 'e', call: '2', before: 'empty folder' },
    ]);
    assert.deepEqual(plan, [{ path: 'a', target: 'permissions 600' }, { path: 'e', target: 'empty folder' }]);
    assert.deepEqual(inverse(plan), [{ path: 'a', expected: 'permissions 600' }, { path: 'e', expected: 'empty folder' }]);
  });

  it('that the user changed between two changes stays as the user left it', () => {
    const plan = planBeside([{ path: '.git/config', call: '1', before: 'file 644 a', after: 'file 644 b' }, { path: '.git/config', call: '2', before: 'file 644 mine', after: 'file 644 c' }]);
    assert.deepEqual(plan, [{ path: '.git/config', target: 'file 644 mine', expected: 'file 644 c' }]);
  });
});

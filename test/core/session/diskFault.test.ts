import assert from 'node:assert/strict';
import { diskFault } from '../../../src/core/session/diskFault.ts';
import { JournalFault } from '../../../src/core/session/entries.ts';

describe('what is wrong with a disk', () => {
  const refused = (code: string, path?: string): Error => Object.assign(new Error(`${code}: refused`), { code, ...(path === undefined ? {} : { path }) });

  it('is said with the place and what to do, also where another error tells of it', () => {
    assert.equal(diskFault(refused('ENOSPC', '/state/trace.jsonl')), 'no space is left (ENOSPC) for /state/trace.jsonl: make space there');
    assert.equal(diskFault(new JournalFault('io', 'the journal could not be written', { cause: refused('EROFS', '/s/t') })), 'the file system is read-only (EROFS) for /s/t: make it writable again');
    assert.equal(diskFault(refused('EIO')), 'the disk reports an error (EIO): look after the disk first');
  });

  it('is nothing for errors of another kind, so that a mistake of ours is not taken for a full disk', () => {
    for (const error of [refused('ENOENT', '/x'), refused('toString'), new Error('ENOSPC'), 'ENOSPC', undefined, { code: 'ENOSPC' }]) assert.equal(diskFault(error), undefined);
  });
});

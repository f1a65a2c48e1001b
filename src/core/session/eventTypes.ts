import type { SessionEvent } from './events.ts';

/** Every type of event that this version folds; the type checker keeps it complete. */
const known: Readonly<Record<SessionEvent['type'], true>> = {
  'session/started': true, 'base/taken': true, 'session/resumed': true, 'session/paused': true, 'phase/started': true, 'conversation/opened': true,
  'conversation/closed': true, 'message/appended': true, 'turn/requested': true, 'turn/answered': true, 'turn/failed': true,
  'signatures/stripped': true, 'cache/broken': true, 'tool/called': true, 'tool/answered': true, 'changes/written': true, 'changes/withheld': true,
  'diff/measured': true, 'changes/observed': true, 'control/seen': true, 'scratch/measured': true, 'store/measured': true,
  'checkpoints/evicted': true, 'flags/raised': true, 'flags/settled': true, 'plan/submitted': true, 'decision/recorded': true,
  'blocker/reported': true, 'exit/evaluated': true, 'oracle/ran': true, 'decoys/submitted': true, 'decoy/ran': true, 'oracle/frozen': true,
  'contract/adopted': true, 'contract/locked': true, 'gate/opened': true, 'gate/settled': true, 'gate/answered': true, 'boundary/crossed': true,
  'amendment/proposed': true, 'amendment/decided': true, 'review/reported': true, 'finding/settled': true, 'note/written': true, 'hunks/marked': true,
  'rewind/begun': true, 'rewind/refused': true, 'rewind/done': true, 'rewind/undone': true, 'rewind/redone': true, 'budget/reached': true,
  'verdict/reached': true, 'session/ended': true, 'work/kept': true,
};

/** Whether this version knows what an event of this type does. One that it would pass over could be a flag that is open, or a budget that is spent. */
export const isKnownType = (type: string): type is SessionEvent['type'] => Object.hasOwn(known, type);

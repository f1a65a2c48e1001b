/** Everything heavy behind one lazily loaded chunk: contract reader, journal, workspace, oracle, loop. The model's SDK is a chunk of its own. */
export { readContract } from '../core/contract/reader.ts';
export { draftContract } from '../core/contract/draft.ts';
export { reportPages } from '../core/session/reports/pages.ts';
export { viewOf } from '../core/session/viewOf.ts';
export { previewFor } from '../agent/preview.ts';
export { listSessions } from '../node/journal/sessions.ts';
export { readSession, resumeSession, startSession } from '../node/session/open.ts';
export type { Door, HeldSession } from '../node/session/open.ts';
export { loadContract } from '../node/session/place.ts';
export { StartRefusal } from '../node/session/refusal.ts';
export { probeSandbox } from '../node/process/probeSandbox.ts';

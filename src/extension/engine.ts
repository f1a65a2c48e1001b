/** Everything heavy behind one lazily loaded chunk: contract reader, journal, workspace, oracle, loop. The model's SDK is a chunk of its own. */
export { previewFor } from '../agent/preview.ts';
export { draftContract, templateTexts, templates } from '../core/contract/draft.ts';
export type { Wish } from '../core/contract/draft.ts';
export { cellKey, cellsOf } from '../core/oracle/cells.ts';
export { describeCell } from '../core/oracle/describe.ts';
export { viewOf } from '../core/session/viewOf.ts';
export { costOf } from '../core/transcript/prices.ts';
export { createArtifacts } from '../node/journal/artifacts.ts';
export { listSessions, sessionsHere } from '../node/journal/sessions.ts';
export { resumeSession, startSession } from '../node/session/open.ts';
export { readSession } from '../node/session/read.ts';
export type { Door, HeldSession } from '../node/session/open.ts';
export { loadContract } from '../node/session/place.ts';
export type { LoadedContract } from '../node/session/place.ts';
export { sandboxOf, unsandboxedWarning } from '../node/session/preflight.ts';
export { StartRefusal } from '../node/session/refusal.ts';
export { stateOf } from '../node/session/state.ts';
export { removeState, sizeOfState } from '../node/session/pruneState.ts';

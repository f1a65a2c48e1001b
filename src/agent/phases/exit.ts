import type { ConditionResult } from '../../core/session/session.ts';
import type { WholeCapture } from '../ports.ts';
import type { Run } from '../run.ts';

/** The exit conditions of a phase, each measured now. `deferred`: a conversation must come first (decoys). */
export type Exit = (run: Run, capture: WholeCapture, call: string | undefined) => Promise<readonly ConditionResult[] | 'deferred'>;

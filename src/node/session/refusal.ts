import type { Problem } from '../../core/contract/contract.ts';

/** A session could not start or go on; nothing was changed. */
export class StartRefusal extends Error {
  readonly kind: 'bad-contract' | 'cannot-start';
  readonly problems: readonly Problem[];
  /** The contract that the problems are in, as the user named it. */
  readonly file: string;

  constructor(kind: 'bad-contract' | 'cannot-start', message: string, problems: readonly Problem[] = [], file = '') {
    super(message);
    this.name = 'StartRefusal';
    this.kind = kind;
    this.problems = problems;
    this.file = file;
  }
}

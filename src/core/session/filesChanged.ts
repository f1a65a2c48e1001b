import type { RewindRecord } from './facts.ts';

/** How many files a rewind changed. To a boundary those count as brought back, too, that were as they should be already; nothing was done to them. */
export const filesChanged = ({ kind, restored, merged, writes }: Pick<RewindRecord, 'kind' | 'restored' | 'merged' | 'writes'>): number =>
  kind === 'boundary' ? writes.length : restored.length + merged.length;

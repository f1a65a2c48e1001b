import { describeCell } from '../../core/oracle/describe.ts';
import { measure } from '../measure.ts';
import type { Exit } from './exit.ts';

/** baseline runs every check once, keeps the result and the environment, and wants green what was declared `before: pass`. */
export const baselineExit: Exit = async (run) => {
  const { checks } = run.recorder.session.contract.oracle;
  const result = await measure(run, 'baseline', checks);
  const setup = { id: 'setup', holds: result.setupFailed === undefined, wanted: 'the set-up of the oracle works', measured: result.setupFailed ?? 'it does' };
  const declared = checks.filter((check) => check.before !== undefined).map((check) => {
    const cells = result.cells.filter((cell) => cell.check === check.id);
    const wrong = cells.filter((cell) => (check.before === 'pass' ? cell.class !== 'pass' : cell.class === 'pass'));
    return {
      id: `before:${check.id}`, holds: cells.length > 0 && wrong.length === 0, wanted: `${check.before} before the work`,
      measured: wrong.length > 0 ? wrong.map(describeCell).join('; ') : `${cells.length} cells, as declared`,
    };
  });
  return [setup, ...declared];
};

import { reportPages } from '../core/session/reports/pages.ts';
import { listHunks } from './hunks.ts';
import type { Run } from './run.ts';

/** Writes the pages for people anew, each computed from the session and never read back. */
export async function writeReports(run: Run): Promise<void> {
  const { session } = run.recorder;
  for (const [file, text] of reportPages(session, await listHunks(run.ports.workspace, session))) await run.ports.workspace.writeReport(session.name, file, text);
}

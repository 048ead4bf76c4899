import type { CaseResult } from '../result.ts';
import type { Progress } from '../runner/run-conformance.ts';
import type { KnownFailure } from './known-failures.ts';
import { visible } from './visible.ts';

export interface ProgressOptions {
  /** `(text) => process.stderr.write(text)` */
  readonly write: (text: string) => void;
  /** The width of a terminal on which one line is written over and over; undefined: no terminal, so failures only. */
  readonly columns?: number | undefined;
  /** Failures that are not to be shown. Default: none. */
  readonly knownFailures?: readonly KnownFailure[] | undefined;
}

/** For `onProgress` of a run: how far it is, and each failure as it comes. */
export function progressLines({
  write,
  columns,
  knownFailures = [],
}: ProgressOptions): (result: CaseResult, progress: Progress) => void {
  const known = new Set(knownFailures.map((each) => each.case));
  let failedCount = 0;
  const clear = columns === undefined ? '' : `\r${' '.repeat(Math.max(0, columns - 1))}\r`;
  return (result, { doneCount, totalCount }) => {
    if (result.outcome === 'failed' && !known.has(result.case)) {
      failedCount += 1;
      write(`${clear}failed: ${visible(result.case)}\n`);
    }
    if (columns === undefined) return;
    const line = `${doneCount} of ${totalCount}, ${failedCount} failed  ${visible(result.case)}`;
    const isLast = doneCount === totalCount;
    write(isLast ? clear : `${clear}${line.slice(0, Math.max(0, columns - 1))}`);
  };
}

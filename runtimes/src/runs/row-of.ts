import { errorText } from '../report/error-text.ts';
import type { Row } from '../report/row.ts';

/** What a check comes to; what is left out has to be taken for granted. */
export interface Outcome {
  readonly version?: string;
  /** In more detail than was known before. */
  readonly through?: string;
  readonly result: string;
  /** What went wrong; empty: nothing. */
  readonly problems: readonly string[];
}

/** The line of one check. That the check rejects is what went wrong. */
export async function rowOf(
  about: Pick<Row, 'runtime' | 'transport' | 'through'>,
  check: () => Promise<Outcome>,
): Promise<Row> {
  const startedMs = performance.now();
  const outcome = await check().catch((error: unknown): Outcome => ({ result: '', problems: [errorText(error)] }));
  return { version: '', ...about, ...outcome, timeMs: performance.now() - startedMs };
}

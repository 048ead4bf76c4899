import { IoConformanceError, type IoCase } from '@minimq/testkit';

/** Runs the cases, and gives the names of those that fail, each with what it complains about. */
export async function failingCases(cases: readonly IoCase[]): Promise<Readonly<Record<string, string>>> {
  const failures: Record<string, string> = {};
  for (const { name, run } of cases) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof IoConformanceError)) throw error;
      failures[name] = (error.cause as Error).message;
    }
  }
  return failures;
}

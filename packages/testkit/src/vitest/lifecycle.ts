import { describe, it, onTestFinished } from 'vitest';
import type { ScriptedBroker } from '../script/scripted-broker.ts';

/**
 * Closes the broker when the present test has finished, and fails the test where the script has something left over:
 * `const broker = closeWithTest(await scriptedBroker({ over: 'tcp' }))`.
 */
export function closeWithTest(broker: ScriptedBroker): ScriptedBroker {
  onTestFinished(async ({ task }) => {
    // One failure is enough: what is left of a test that has failed says nothing.
    if (task.result?.state === 'fail') await broker.stop();
    else await broker.close();
  });
  return broker;
}

/** One test of a suite that knows no test runner. */
export interface SuiteCase {
  readonly name: string;
  run(): void | Promise<void>;
}

/** Such a suite as `describe` and `it`. */
export function describeCases(name: string, cases: Iterable<SuiteCase>): void {
  describe(name, () => {
    for (const suiteCase of cases) it(suiteCase.name, () => suiteCase.run());
  });
}

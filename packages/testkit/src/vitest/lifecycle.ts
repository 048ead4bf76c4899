import { describe, it, onTestFinished } from 'vitest';
import type { ScriptedBroker } from '../script/scripted-broker.ts';

/**
 * Closes the broker when the present test has finished, and fails the test where the script has something left over:
 * `const broker = closeWithTest(await scriptedBroker({ over: 'tcp' }))`.
 */
export function closeWithTest(broker: ScriptedBroker): ScriptedBroker {
  onTestFinished(({ task }) => endOfTest(broker, task.result?.errors ?? []));
  return broker;
}

/**
 * One failure is enough: what is left of a test that has failed says nothing. Unless it ran out of time: then it may have
 * waited for what only the script can answer, and the script knows where it stood.
 */
export async function endOfTest(
  broker: ScriptedBroker,
  errors: readonly { readonly message: string }[],
): Promise<void> {
  const hasFailed = errors.some(({ message }) => !message.startsWith('Test timed out'));
  await (hasFailed ? broker.stop() : broker.close());
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

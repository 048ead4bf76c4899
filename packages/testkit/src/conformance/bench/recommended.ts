import { ScriptError } from '../../script/script-error.ts';
import { CaseError } from '../case-error.ts';
import type { CaseFailure } from '../result.ts';

/** A step of the script that the standard recommends (`should`): a client that fails it has broken no MUST. */
export async function recommended<T>(step: Promise<T>, level: CaseFailure['level'] = 'should'): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (error instanceof ScriptError) throw new CaseError(level, error.message, { cause: error });
    throw error;
  }
}

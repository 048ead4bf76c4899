import { matches } from '../../script/match.ts';
import { formatValue } from '../../transcript/fields.ts';
import { CaseError } from '../case-error.ts';

/** Compares what is not on the wire; `wanted` as the scripts of the broker have it: objects by the fields it names. */
export function equal(what: string, actual: unknown, wanted: unknown): void {
  if (matches(wanted, actual)) return;
  throw new CaseError('must', `${what}: it is ${formatValue('', actual)}, and should be ${formatValue('', wanted)}`);
}

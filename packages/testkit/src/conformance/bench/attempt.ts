import { CaseError } from '../case-error.ts';
import type { Connected } from '../client.ts';
import type { Bench } from './bench.ts';

/** How a call has come out so far. */
export type Attempt<T> =
  | { readonly kind: 'resolved'; readonly value: T }
  | { readonly kind: 'rejected'; readonly error: unknown }
  | { readonly kind: 'pending' };

/** Waits for a call that may settle, or go on waiting. */
export async function attempt<T>(
  { pace }: Pick<Bench, 'pace'>,
  promise: Promise<T>,
  how: 'shortly' | 'patiently' = 'shortly',
): Promise<Attempt<T>> {
  let outcome: Attempt<T> = { kind: 'pending' };
  const settled = promise.then(
    (value) => void (outcome = { kind: 'resolved', value }),
    (error: unknown) => void (outcome = { kind: 'rejected', error }),
  );
  await pace.settle(settled, how);
  return outcome;
}

/** The call has to settle with a result. */
export async function resolved<T>(bench: Pick<Bench, 'pace'>, call: string, promise: Promise<T>): Promise<T> {
  const outcome = await attempt(bench, promise, 'patiently');
  if (outcome.kind === 'resolved') return outcome.value;
  if (outcome.kind === 'pending') throw new CaseError('must', `${call} has not come to its end, and it should have`);
  const { error } = outcome;
  const why = error instanceof Error ? error.message : String(error);
  throw new CaseError('must', `${call} has failed: ${why}`, { cause: error });
}

/** The call has to fail, and not to go on waiting. */
export async function rejected(bench: Pick<Bench, 'pace'>, call: string, promise: Promise<unknown>): Promise<void> {
  const { kind } = await attempt(bench, promise, 'patiently');
  if (kind === 'rejected') return;
  const what = kind === 'pending' ? 'not failed' : 'succeeded';
  throw new CaseError('must', `${call} has ${what}, and it should have failed`);
}

/** The call must not succeed: it fails, or goes on waiting. */
export async function notResolved(bench: Pick<Bench, 'pace'>, call: string, promise: Promise<unknown>): Promise<void> {
  const { kind } = await attempt(bench, promise);
  if (kind === 'resolved') throw new CaseError('must', `${call} has succeeded, and it should not have`);
}

/** The attempt to connect must not succeed: the application hears of a refusal, of a failure, or of nothing yet. */
export async function notConnected(bench: Pick<Bench, 'pace'>, connecting: Promise<Connected>): Promise<void> {
  const outcome = await attempt(bench, connecting);
  if (outcome.kind !== 'resolved' || outcome.value.reasonCode !== 0) return;
  throw new CaseError('must', 'connect() has succeeded, and it should not have');
}

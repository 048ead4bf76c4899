import { attempt } from './attempt.ts';
import type { Bench } from './bench.ts';
import { equal } from './equal.ts';

/** The application has got these messages and no others, as `topic payload`, in this order. */
export async function handedOver(bench: Pick<Bench, 'pace' | 'inbox'>, texts: readonly string[]): Promise<void> {
  await attempt(bench, bench.inbox.count(texts.length), 'patiently');
  equal('what the application has received', bench.inbox.texts, texts);
}

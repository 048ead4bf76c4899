import { ANSWER_ALL } from '../../script/answers.ts';
import type { ClientSetup } from '../client.ts';
import { attempt } from './attempt.ts';
import type { Bench } from './bench.ts';

/**
 * Lets a client connect with a setting that must not get onto the wire. It may refuse it, or send something that is
 * right; bytes that are no CONNECT are left over in the end.
 */
export async function connectWith(bench: Bench, setup: ClientSetup): Promise<void> {
  await bench.broker.answer(ANSWER_ALL);
  // A client may refuse when it is made, or when it connects.
  const connecting = (async () => bench.another(setup).client.connect())();
  await attempt(bench, connecting);
}

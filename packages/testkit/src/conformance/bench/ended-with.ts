import { describeReasonCode } from '@minimq/core/codec';
import type { AnswerTable } from '../../script/answers.ts';
import { WAIT_LIMIT_MS } from '../../script/patience.ts';
import { CaseError } from '../case-error.ts';
import type { CaseFailure } from '../result.ts';
import type { Bench } from './bench.ts';
import { recommended } from './recommended.ts';

/** For so many silences the client may make up its mind. */
const SILENCE_ROUNDS = 20;

export interface EndedWithOptions {
  /** Whether carrying on as if nothing had happened is right as well. Default false. */
  readonly mayGoOn?: boolean | undefined;
  /** Whether the standard demands that the client closes (`must`), or recommends it. Default `should`, section 4.13.1. */
  readonly level?: CaseFailure['level'] | undefined;
  /** What else may still come before the end. Default: nothing. */
  readonly answers?: AnswerTable | undefined;
}

/**
 * The client closes the connection, either without a word or after a DISCONNECT with one of these reason codes. Returns
 * whether it did so; false where it went on and may.
 */
export async function endedWith(
  { broker }: Pick<Bench, 'broker'>,
  reasonCodes: readonly number[],
  { mayGoOn = false, level = 'should', answers = {} }: EndedWithOptions = {},
): Promise<boolean> {
  let given: number | undefined;
  let isOver = false;
  await broker.answer({
    ...answers,
    end: mayGoOn,
    disconnect: ({ reasonCode = 0 }) => {
      given = reasonCode;
      isOver = true;
      return true;
    },
  });
  if (mayGoOn) {
    // Over sockets a DISCONNECT takes its time; that none comes can only be waited for.
    for (let round = 0; round < SILENCE_ROUNDS && !isOver; round += 1) {
      await broker.expectSilence();
      const last = broker.transcript.entries.at(-1);
      isOver ||= last?.kind === 'mark' && (last.label === 'client closes' || last.label === 'lost');
    }
  } else {
    // On virtual time as well: a client that only gives up later has another reason.
    await recommended(broker.expect.end({ limitMs: WAIT_LIMIT_MS }), level);
    isOver = true;
  }
  await broker.answer({});
  if (given === undefined || reasonCodes.includes(given)) return isOver;
  const wanted = reasonCodes.map(describeReasonCode).join(' or ');
  throw new CaseError(level, `DISCONNECT came with ${describeReasonCode(given)}, and the script wants ${wanted}`);
}

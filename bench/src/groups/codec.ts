import { CODECS } from '../codec/codec.ts';
import { PACKET_CASES } from '../codec/packet-cases.ts';
import type { CodecTask } from '../codec/task.ts';
import { message, start } from '../run/child.ts';
import type { Contest, Metrics } from '../run/contest.ts';
import type { Pace } from './pace.ts';

const TIMEOUT_MS = 60_000;
/** Calls are short: a part of the time of the other groups is enough. */
const SHARE = 0.2;

/** Nanoseconds to encode and to decode each packet, plain and with properties, and PUBLISH of many sizes. */
export function codecContests({ duration }: Pace): Contest[] {
  const short = { warmUpMs: duration.warmUpMs * SHARE, measureMs: duration.measureMs * SHARE };
  return PACKET_CASES.map(({ name: caseName }) => ({
    id: `codec/${caseName}`,
    title: `codec: ${caseName}`,
    contestants: CODECS.map((codec) => ({
      name: codec,
      async measure() {
        const task: CodecTask = { codec, caseName, duration: short };
        return message<Metrics>(start('codec/main.js', task), TIMEOUT_MS);
      },
    })),
  }));
}

import type { Bench } from '../bench.ts';
import { fail } from '../fail.ts';
import { endInWords, type Call } from '../call.ts';
import type { CaseBody } from '../case.ts';
import { pattern } from '../pattern.ts';
import { SENTENCES } from '../sentences.ts';
import { drainWhatComes, fill, receive } from '../traffic.ts';

/** So often is asked what has to be answered again and again. */
const AGAIN_COUNT = 5;

export const ENDING: readonly CaseBody[] = [
  {
    name: 'read gives 0 when the peer ends its stream, after all that came before',
    sentence: SENTENCES.end,
    needs: ['end'],
    async run(bench) {
      await bench.writeAll(bench.peer, pattern(1_000));
      await bench.resultOf(bench.startPeer('end'));
      await receive(bench, bench.io, 1_000);
      await bench.countOf(bench.startRead(bench.io, new Uint8Array(16)), { min: 0, max: 0 });
    },
  },
  {
    name: 'a pending read resolves with 0 when the peer ends its stream',
    sentence: SENTENCES.end,
    needs: ['end'],
    async run(bench) {
      const call = bench.startRead(bench.io, new Uint8Array(16));
      await bench.resultOf(bench.startPeer('end'));
      await bench.countOf(call, { min: 0, max: 0 });
    },
  },
  {
    name: 'after the end read gives 0 again and again',
    sentence: SENTENCES.end,
    needs: ['end'],
    async run(bench) {
      await bench.writeAll(bench.peer, pattern(3));
      await bench.resultOf(bench.startPeer('end'));
      await receive(bench, bench.io, 3);
      const buffer = new Uint8Array(16);
      for (let round = 0; round < AGAIN_COUNT; round += 1) {
        await bench.countOf(bench.startRead(bench.io, buffer), { min: 0, max: 0 });
      }
    },
  },
  {
    name: 'once the peer has ended its stream, write still works or fails cleanly',
    sentence: SENTENCES.writeCount,
    needs: ['end'],
    async run(bench) {
      await bench.resultOf(bench.startPeer('end'));
      await bench.countOf(bench.startRead(bench.io, new Uint8Array(16)), { min: 0, max: 0 });
      const bytes = pattern(1_000);
      for (let sentBytes = 0; sentBytes < 1_000;) {
        const rest = bytes.subarray(sentBytes);
        const call = bench.startWrite(bench.io, rest);
        const answer = await bench.endOf(call);
        if ('error' in answer) return mustBeError(call.what, answer.error);
        sentBytes += await bench.countOf(call);
      }
      // A peer that is gone for good cannot tell; what does come has to be what was written.
      const closing = bench.startClose();
      await drainWhatComes(bench, bench.peer);
      await bench.endOf(closing);
    },
  },
  {
    name: 'a pending read ends or rejects when the peer resets the connection',
    sentence: SENTENCES.readPending,
    needs: ['reset'],
    async run(bench) {
      const call = bench.startRead(bench.io, new Uint8Array(16));
      await bench.resultOf(bench.startPeer('reset'));
      await mustBeOver(bench, call);
      for (let round = 0; round < AGAIN_COUNT; round += 1) {
        await mustBeOver(bench, bench.startRead(bench.io, new Uint8Array(16)));
      }
    },
  },
  {
    name: 'a pending write settles when the peer resets the connection',
    sentence: SENTENCES.writeCount,
    needs: ['reset'],
    async run(bench) {
      const { waiting } = await fill(bench, bench.io);
      // Some platforms hear of a reset only while they read.
      const read = bench.startRead(bench.io, new Uint8Array(16));
      await bench.resultOf(bench.startPeer('reset'));
      if (waiting !== undefined) {
        const answer = await bench.endOf(waiting.call);
        if ('error' in answer) mustBeError(waiting.call.what, answer.error);
        else await bench.countOf(waiting.call);
      }
      await mustBeOver(bench, read);
    },
  },
];

/** A read of a connection that is gone. */
async function mustBeOver(bench: Bench, call: Call<number>): Promise<void> {
  const answer = await bench.endOf(call);
  if ('error' in answer) mustBeError(call.what, answer.error);
  else if (answer.value !== 0) fail(`${call.what} ${endInWords(answer)}, though the peer never wrote`);
}

function mustBeError(what: string, error: unknown): void {
  if (!(error instanceof Error)) fail(`${what} rejected with a ${typeof error}, which is no Error`, error);
}

import type { Bench } from '../bench.ts';
import { fail } from '../fail.ts';
import { endInWords, type Call } from '../call.ts';
import type { CaseBody } from '../case.ts';
import { pattern } from '../pattern.ts';
import { SENTENCES } from '../sentences.ts';
import { drain, drainWhatComes, fill } from '../traffic.ts';

export const CLOSING: readonly CaseBody[] = [
  {
    name: 'close releases the stream, and the peer hears of it',
    sentence: SENTENCES.release,
    async run(bench) {
      const closing = bench.startClose();
      const { last } = await drain(bench, bench.peer);
      if (last.end === undefined) fail(`${last.what} stays pending after close()`);
      await bench.endOf(bench.startPeer('close'));
      await bench.resultOf(closing);
    },
  },
  {
    name: 'close settles a pending read: with 0, or it rejects',
    sentence: SENTENCES.closePending,
    async run(bench) {
      const call = bench.startRead(bench.io, new Uint8Array(16));
      await bench.mustPend(call, 'the peer has neither written nor ended');
      const closing = bench.startClose();
      await mustBeOver(bench, call);
      await bench.endOf(bench.startPeer('close'));
      await bench.resultOf(closing);
    },
  },
  {
    name: 'close settles a pending write',
    sentence: SENTENCES.closePending,
    async run(bench) {
      const { waiting } = await fill(bench, bench.io);
      const closing = bench.startClose();
      if (waiting !== undefined) {
        const answer = await bench.endOf(waiting.call);
        if (!('error' in answer)) await bench.countOf(waiting.call);
      }
      await bench.endOf(bench.startPeer('close'));
      await bench.resultOf(closing);
    },
  },
  {
    name: 'close twice is fine',
    sentence: SENTENCES.closeTwice,
    async run(bench) {
      const first = bench.startClose();
      const second = bench.startClose();
      await bench.endOf(bench.startPeer('close'));
      await bench.resultOf(first);
      await bench.resultOf(second);
      await bench.resultOf(bench.startClose());
    },
  },
  {
    name: 'after close no buffer of a read is touched',
    sentence: SENTENCES.closePending,
    async run(bench) {
      const buffer = new Uint8Array(16).fill(0xa5);
      const call = bench.startRead(bench.io, buffer);
      await bench.mustPend(call, 'the peer has neither written nor ended');
      const closing = bench.startClose();
      // The connection may be gone already for the peer; both are fine.
      const late = bench.startWrite(bench.peer, pattern(16));
      await bench.endOf(call);
      await bench.soon(late);
      await bench.endOf(bench.startPeer('close'));
      await bench.endOf(closing);
      await bench.quiet(() => buffer[0]);
      if (buffer.length !== 16) fail('it was detached');
      if (buffer.some((byte) => byte !== 0xa5)) fail('bytes were put into it after close()');
    },
  },
  {
    name: 'after close no buffer of a write is used',
    sentence: SENTENCES.closePending,
    async run(bench) {
      const { waiting } = await fill(bench, bench.io);
      const closing = bench.startClose();
      waiting?.bytes.fill(0xee);
      await drainWhatComes(bench, bench.peer);
      await bench.endOf(bench.startPeer('close'));
      await bench.endOf(closing);
    },
  },
  {
    name: 'after close read gives 0 or rejects, and write rejects',
    sentence: SENTENCES.release,
    async run(bench) {
      const closing = bench.startClose();
      await mustBeOver(bench, bench.startRead(bench.io, new Uint8Array(16)));
      const call = bench.startWrite(bench.io, pattern(16));
      const answer = await bench.endOf(call);
      if (!('error' in answer)) fail(`${call.what} ${endInWords(answer)} after close()`);
      await bench.endOf(bench.startPeer('close'));
      await bench.endOf(closing);
    },
  },
];

async function mustBeOver(bench: Bench, call: Call<number>): Promise<void> {
  const answer = await bench.endOf(call);
  if (!('error' in answer) && answer.value !== 0) fail(`${call.what} ${endInWords(answer)} after close()`);
}

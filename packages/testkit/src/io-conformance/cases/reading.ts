import { mustBeAttached } from '../attached.ts';
import { fail } from '../fail.ts';
import type { CaseBody } from '../case.ts';
import { firstWrong, pattern } from '../pattern.ts';
import { SENTENCES } from '../sentences.ts';
import { carry, receive } from '../traffic.ts';

export const READING: readonly CaseBody[] = [
  {
    name: 'read puts bytes at the start of the buffer and says how many',
    sentence: SENTENCES.readCount,
    async run(bench) {
      await bench.writeAll(bench.peer, pattern(100));
      const buffer = new Uint8Array(1_000);
      for (let readBytes = 0; readBytes < 100;) {
        const count = await bench.countOf(bench.startRead(bench.io, buffer), { min: 1, max: 100 - readBytes });
        if (firstWrong(buffer.subarray(0, count), readBytes) >= 0) fail(`other bytes than those ${count} are there`);
        readBytes += count;
      }
    },
  },
  {
    name: 'read never gives more than the buffer holds',
    sentence: SENTENCES.readCount,
    async run(bench) {
      await bench.writeAll(bench.peer, pattern(1_000));
      for (let readBytes = 0; readBytes < 1_000;) {
        const buffer = new Uint8Array(7);
        readBytes += await bench.countOf(bench.startRead(bench.io, buffer));
      }
    },
  },
  {
    name: 'read touches nothing outside of the view',
    sentence: SENTENCES.readCount,
    async run(bench) {
      await bench.writeAll(bench.peer, pattern(1_000));
      const whole = new Uint8Array(64);
      for (let readBytes = 0; readBytes < 1_000;) {
        whole.fill(0xa5);
        const view = whole.subarray(20, 33);
        const count = await bench.countOf(bench.startRead(bench.io, view));
        const wrongAt = whole.findIndex((byte, index) => byte !== 0xa5 && (index < 20 || index >= 33));
        if (wrongAt >= 0) fail(`given bytes 20 to 32 of a buffer, it changed byte ${wrongAt}`);
        if (firstWrong(view.subarray(0, count), readBytes) >= 0) fail('the view does not begin with what was sent');
        readBytes += count;
      }
    },
  },
  {
    name: 'read stays pending while there is no data',
    sentence: SENTENCES.readPending,
    async run(bench) {
      const buffer = new Uint8Array(16);
      for (let round = 0; round < 3; round += 1) {
        const call = bench.startRead(bench.io, buffer);
        await bench.mustPend(call, 'the peer has neither written nor ended');
        await bench.writeAll(bench.peer, Uint8Array.of(round));
        await bench.countOf(call, { min: 1, max: 1 });
        if (buffer[0] !== round) fail(`it gave the byte ${buffer[0]}, not the ${round} that was written`);
      }
    },
  },
  {
    name: 'read does not use a buffer once it has settled',
    sentence: SENTENCES.lent,
    async run(bench) {
      const first = new Uint8Array(10);
      await bench.writeAll(bench.peer, pattern(10));
      const count = await bench.countOf(bench.startRead(bench.io, first));
      first.fill(0xa5);
      await bench.writeAll(bench.peer, pattern(1_000, 10));
      await receive(bench, bench.io, 1_010 - count, count);
      if (first.some((byte) => byte !== 0xa5)) fail('bytes that came later were put into it');
    },
  },
  {
    name: 'read does not detach the buffer',
    sentence: SENTENCES.lent,
    async run(bench) {
      const buffer = new Uint8Array(16);
      const call = bench.startRead(bench.io, buffer);
      mustBeAttached(buffer, 'while the read was pending');
      await bench.writeAll(bench.peer, pattern(8));
      await bench.endOf(call);
      mustBeAttached(buffer, 'when the read had settled');
      const later = bench.startRead(bench.io, buffer);
      await bench.writeAll(bench.peer, pattern(8));
      await bench.endOf(later);
      mustBeAttached(buffer, 'by a read of what may have been there');
    },
  },
  {
    name: 'reads of one byte each give everything in order',
    sentence: SENTENCES.readCount,
    run: (bench) =>
      carry(bench, {
        from: bench.peer,
        to: bench.io,
        totalBytes: 5_000,
        writeBytes: () => 1_000,
        readBytes: () => 1,
      }),
  },
];

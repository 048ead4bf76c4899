import { mustBeAttached } from '../attached.ts';
import { fail } from '../fail.ts';
import type { CaseBody } from '../case.ts';
import { fillPattern, firstWrong, pattern } from '../pattern.ts';
import { SENTENCES } from '../sentences.ts';
import { carry, empty, fill, receive } from '../traffic.ts';

export const WRITING: readonly CaseBody[] = [
  {
    name: 'write takes bytes from the start and says how many',
    sentence: SENTENCES.writeCount,
    async run(bench) {
      const bytes = pattern(1_000);
      for (let sentBytes = 0; sentBytes < 1_000;) {
        const rest = bytes.subarray(sentBytes);
        const count = await bench.countOf(bench.startWrite(bench.io, rest));
        await receive(bench, bench.peer, count, sentBytes);
        sentBytes += count;
      }
      await bench.mustPend(bench.startRead(bench.peer, new Uint8Array(1)), 'all that write() took has come already');
    },
  },
  {
    name: 'writes of one byte each arrive in order',
    sentence: SENTENCES.writeCount,
    run: (bench) =>
      carry(bench, {
        from: bench.io,
        to: bench.peer,
        totalBytes: 5_000,
        writeBytes: () => 1,
        readBytes: () => 1_000,
      }),
  },
  {
    name: 'write sends nothing from outside of the view, and changes nothing',
    sentence: SENTENCES.lent,
    async run(bench) {
      const whole = new Uint8Array(64).fill(0xa5);
      const view = whole.subarray(20, 33);
      fillPattern(view, 0);
      await bench.writeAll(bench.io, view);
      await receive(bench, bench.peer, view.length);
      await bench.mustPend(bench.startRead(bench.peer, new Uint8Array(1)), 'all of the view has come already');
      if (firstWrong(view, 0) >= 0) fail('the bytes given were changed');
      if (whole.some((byte, index) => byte !== 0xa5 && (index < 20 || index >= 33)))
        fail('bytes around it were changed');
    },
  },
  {
    name: 'write does not detach the buffer',
    sentence: SENTENCES.lent,
    async run(bench) {
      const bytes = pattern(16);
      const call = bench.startWrite(bench.io, bytes);
      mustBeAttached(bytes, 'while the write was pending');
      const count = await bench.countOf(call);
      mustBeAttached(bytes, 'when the write had settled');
      await receive(bench, bench.peer, count);
      mustBeAttached(bytes, 'when the peer had what was written');
    },
  },
  {
    name: 'bytes may be overwritten as soon as their write has settled',
    sentence: SENTENCES.overwrite,
    async run(bench) {
      // While the peer does not read, the bytes of a write are needed for longest.
      await empty(bench, await fill(bench, bench.io), bench.peer);
    },
  },
  {
    name: 'flush settles, and what was written then arrives',
    sentence: SENTENCES.flush,
    async run(bench) {
      await bench.flush();
      await bench.writeAll(bench.io, pattern(1_000));
      await bench.flush();
      await receive(bench, bench.peer, 1_000);
    },
  },
];

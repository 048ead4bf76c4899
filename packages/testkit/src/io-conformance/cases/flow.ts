import { seededRandom } from '../../clock/random.ts';
import type { Bench, Side } from '../bench.ts';
import { fail } from '../fail.ts';
import type { CaseBody } from '../case.ts';
import { endInWords } from '../call.ts';
import { pattern } from '../pattern.ts';
import { SENTENCES } from '../sentences.ts';
import { carry, drain, empty, fill, LARGE_BUFFER_BYTES, mustBeInTransit, receive, type Carried } from '../traffic.ts';

const SMALL_BUFFER_BYTES = 512;
const OFFER_CHUNK_BYTES = 4_096;
const MIXED_BYTES = 300_000;
const MIXED_WRITE_BYTES_MAX = 10_000;
const MIXED_READ_BYTES_MAX = 7_000;

export const FLOW: readonly CaseBody[] = [
  {
    name: 'says whether it can hold its peer back',
    sentence: SENTENCES.flowControl,
    run(bench) {
      const wanted = bench.settings.inboundCapBytes === undefined ? undefined : 'none';
      const said: unknown = bench.pair.io.inboundFlowControl;
      if (said !== wanted) {
        fail(`inboundFlowControl is ${String(said)}, and inboundCapBytes ${wanted ? 'is' : 'is not'} given`);
      }
      return Promise.resolve();
    },
  },
  {
    name: 'everything arrives in order, both ways at once, in pieces of random sizes',
    sentence: SENTENCES.outstanding,
    async run(bench) {
      const { seed } = bench.settings;
      const totalBytes = MIXED_BYTES;
      await Promise.all([
        carry(bench, { from: bench.io, to: bench.peer, totalBytes, ...randomSizes(seed, 0) }),
        carry(bench, { from: bench.peer, to: bench.io, totalBytes, ...randomSizes(seed, 2) }),
      ]);
    },
  },
  {
    name: 'a peer whose bytes are not read has to wait',
    sentence: SENTENCES.spill,
    only: 'flow-control',
    run: (bench) => fillAndEmpty(bench, bench.peer, bench.io),
  },
  {
    name: 'write waits for a peer that does not read',
    sentence: SENTENCES.writeCount,
    run: (bench) => fillAndEmpty(bench, bench.io, bench.peer),
  },
  {
    name: 'a stream far longer than what may be under way is read through a small buffer',
    sentence: SENTENCES.readCount,
    run: (bench) => carry(bench, volume(bench, 'peer')),
  },
  {
    name: 'a stream far longer than what may be under way is written from a small buffer',
    sentence: SENTENCES.overwrite,
    run: (bench) => carry(bench, volume(bench, 'io')),
  },
  {
    name: 'what is not read is kept up to the cap',
    sentence: SENTENCES.cap,
    only: 'no-flow-control',
    async run(bench) {
      const capBytes = bench.settings.inboundCapBytes ?? 0;
      await offer(bench, capBytes);
      await receive(bench, bench.io, capBytes);
    },
  },
  {
    name: 'more than the cap is a clear error',
    sentence: SENTENCES.cap,
    only: 'no-flow-control',
    async run(bench) {
      const capBytes = bench.settings.inboundCapBytes ?? 0;
      await offer(bench, 4 * capBytes);
      const { readBytes, last } = await drain(bench, bench.io);
      if (readBytes > capBytes) fail(`it held ${readBytes} bytes that nobody read, more than ${capBytes}`);
      const { end } = last;
      if (end === undefined) fail(`past the cap ${last.what} stays pending`);
      if (!('error' in end)) fail(`past the cap ${last.what} ${endInWords(end)}`);
      if (!(end.error instanceof Error) || end.error.message === '') fail('the error past the cap does not say so');
    },
  },
];

/** Every size, and small ones more often. */
function randomSizes(seed: number, stream: number): Pick<Carried, 'writeBytes' | 'readBytes'> {
  const upTo = (max: number, random: () => number) => () => 1 + Math.floor(random() ** 3 * max);
  return {
    writeBytes: upTo(MIXED_WRITE_BYTES_MAX, seededRandom(seed, stream)),
    readBytes: upTo(MIXED_READ_BYTES_MAX, seededRandom(seed, stream + 1)),
  };
}

/** As many bytes as the settings say; the `Io` works with a small buffer, and reading begins late. */
function volume(bench: Bench, from: 'io' | 'peer'): Carried {
  const small = (): number => SMALL_BUFFER_BYTES;
  const large = (): number => LARGE_BUFFER_BYTES;
  return {
    from: bench[from],
    to: from === 'io' ? bench.peer : bench.io,
    totalBytes: bench.settings.volumeBytes,
    writeBytes: from === 'io' ? small : large,
    readBytes: from === 'io' ? large : small,
    readLate: true,
  };
}

/** Nobody reads until a write is not taken; then everything arrives, what waited included. */
async function fillAndEmpty(bench: Bench, from: Side, to: Side): Promise<void> {
  const filled = await fill(bench, from);
  mustBeInTransit(bench, filled.takenBytes);
  await empty(bench, filled, to);
}

/** The peer writes so much, while nobody reads, or as much of it as is taken. */
async function offer(bench: Bench, totalBytes: number): Promise<void> {
  let offeredBytes = 0;
  while (offeredBytes < totalBytes) {
    const bytes = pattern(Math.min(OFFER_CHUNK_BYTES, totalBytes - offeredBytes), offeredBytes);
    const call = bench.startWrite(bench.peer, bytes);
    await bench.soon(call);
    if (call.end === undefined || 'error' in call.end) break;
    offeredBytes += await bench.countOf(call);
  }
  await bench.quiet(() => offeredBytes);
}

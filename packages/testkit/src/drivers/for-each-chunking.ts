import { seededRandom } from '../clock/random.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import { drawBytes } from '../faults/faults.ts';
import type { ByteCount, DirectionName } from '../link/direction.ts';
import type { MemoryLink } from '../link/memory-link.ts';
import { RecordingBench, type DriverOptions, type Exchange } from './bench.ts';
import { playThrough, runOnce, unlike, UNTROUBLED, type Place } from './run.ts';

/** Different seeds that are tried where the options do not say how many. */
const SEED_COUNT = 10;
/** Bytes of the largest piece that a seed makes. */
const PIECE_BYTES_MAX = 9;

export type Chunking =
  /** All that is written in one turn arrives in one piece. */
  | { readonly kind: 'together' }
  /** Every byte arrives, and is written, by itself. */
  | { readonly kind: 'single-bytes' }
  /** No read gives bytes from both sides of this place; otherwise they come as they were written. */
  | { readonly kind: 'split'; readonly direction: DirectionName; readonly atByte: number }
  /** Pieces of 1 to 9 bytes, in reads and in writes. */
  | { readonly kind: 'random'; readonly seed: number };

export interface ForEachChunkingOptions extends DriverOptions {
  /** How many seeds are tried, from 1 on. Default 10. */
  readonly seedCount?: number | undefined;
  /** Only this run, as the message of a failure names it. */
  readonly only?: Chunking | undefined;
}

/**
 * Runs an exchange once without trouble, and then with its bytes in other pieces: in one, byte by byte, split in two at
 * every place of either direction, and by seeds. What arrives is always the same.
 *
 * Resolves with the chunkings that were tried. Rejects with a `TroubleError` at the first run that fails, or that takes
 * more than `limitMs` of virtual time.
 */
export async function forEachChunking(
  exchange: Exchange,
  options: ForEachChunkingOptions = {},
): Promise<readonly Chunking[]> {
  const play = playThrough(exchange, options.limitMs);
  const chunkings = options.only === undefined ? await allChunkings(play, options) : [options.only];
  for (const chunking of chunkings) {
    const bench = new RecordingBench({ ...options, prepare: (link, time) => apply(chunking, link, time) });
    await runOnce(bench, { where: whereOf(chunking), position: chunking }, play);
  }
  return chunkings;
}

async function allChunkings(
  play: (bench: RecordingBench) => Promise<unknown>,
  options: ForEachChunkingOptions,
): Promise<readonly Chunking[]> {
  const { seedCount = SEED_COUNT } = options;
  const bench = new RecordingBench(options);
  await runOnce(bench, UNTROUBLED, play);
  const link = bench.troubled;
  if (link === undefined) throw unlike('it has not opened the connection that is to be chunked');
  const chunkings: Chunking[] = [{ kind: 'together' }, { kind: 'single-bytes' }];
  for (const direction of ['toServer', 'toClient'] as const) {
    for (let atByte = 1; atByte < link[direction].writtenBytes; atByte += 1) {
      chunkings.push({ kind: 'split', direction, atByte });
    }
  }
  for (let seed = 1; seed <= seedCount; seed += 1) chunkings.push({ kind: 'random', seed });
  return chunkings;
}

function apply(chunking: Chunking, link: MemoryLink, time: VirtualTime): void {
  switch (chunking.kind) {
    case 'together':
      return holdUntilNextTurn(link, time);
    case 'single-bytes':
      return cutUp(link, () => 1);
    case 'random':
      return cutUp(link, (stream) => drawPiece(seededRandom(chunking.seed, stream)));
    case 'split': {
      const { direction, atByte } = chunking;
      const way = link[direction];
      const reader = direction === 'toServer' ? link.server : link.client;
      reader.readMaxBytes = () => (way.readBytes < atByte ? atByte - way.readBytes : Number.POSITIVE_INFINITY);
    }
  }
}

/** `pieceOf`: how many bytes the reads and writes of an end give and take at most. */
function cutUp(link: MemoryLink, pieceOf: (stream: number) => ByteCount): void {
  for (const [stream, end] of [link.client, link.server].entries()) {
    const piece = pieceOf(stream);
    end.readMaxBytes = piece;
    end.writeMaxBytes = piece;
  }
}

function drawPiece(random: () => number): ByteCount {
  return () => drawBytes([1, PIECE_BYTES_MAX], random);
}

function holdUntilNextTurn(link: MemoryLink, time: VirtualTime): void {
  const clock = time.clock('chunking');
  link.tap(({ kind, direction }) => {
    if (kind !== 'written') return;
    link[direction].stall();
    clock.defer(() => link[direction].resume());
  });
}

function whereOf(chunking: Chunking): Place['where'] {
  switch (chunking.kind) {
    case 'together':
      return 'where all that is written in one turn arrives in one piece';
    case 'single-bytes':
      return 'where every byte arrives by itself';
    case 'random':
      return `with the pieces of seed ${chunking.seed}`;
    case 'split':
      return `where the bytes ${chunking.direction} are split at byte ${chunking.atByte}`;
  }
}

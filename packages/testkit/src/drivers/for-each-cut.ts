import type { CutAfterOptions, DirectionName } from '../link/direction.ts';
import type { MemoryLink } from '../link/memory-link.ts';
import { countBytes } from '../transcript/hex.ts';
import { RecordingBench, type DriverOptions, type Exchange } from './bench.ts';
import { playThrough, runOnce, unlike, UNTROUBLED, type Place } from './run.ts';

/**
 * What a cut does to the bytes: they are `delivered`, all that were written; they are `lost`, those under way, and both
 * sides get an error; or so many are `received`, while the writer has handed over more and does not know.
 */
export type CutKind = 'delivered' | 'lost' | 'received';

export interface CutPosition {
  readonly direction: DirectionName;
  /** Counted from the beginning of the connection. */
  readonly afterBytes: number;
  readonly kind: CutKind;
}

export interface ForEachCutOptions extends DriverOptions {
  /** Default both. */
  readonly directions?: readonly DirectionName[] | undefined;
  /** Default all three. */
  readonly kinds?: readonly CutKind[] | undefined;
  /** Only this run, as the message of a failure names it. */
  readonly only?: CutPosition | undefined;
}

const kinds: Readonly<Record<CutKind, { readonly text: string; readonly options: CutAfterOptions }>> = {
  delivered: { text: 'which arrive', options: {} },
  lost: { text: 'and what is under way is lost', options: { inFlight: 'lost', reads: 'reset' } },
  received: { text: 'and the writer knows nothing of it', options: { counted: 'read' } },
};

/**
 * Runs an exchange once without trouble, to learn how many bytes pass, and then once for every byte in either direction
 * at which its connection can be lost, 0 and the last one included, in each of three ways. The exchange connects again
 * by itself: `bench.open()` gives another link, which holds.
 *
 * Resolves with the cuts that were tried. Rejects with a `TroubleError` at the first run that fails, or that takes more
 * than `limitMs` of virtual time.
 */
export async function forEachCut(exchange: Exchange, options: ForEachCutOptions = {}): Promise<readonly CutPosition[]> {
  const play = playThrough(exchange, options.limitMs);
  const positions = options.only === undefined ? await allCuts(play, options) : [options.only];
  for (const position of positions) {
    const { direction, afterBytes, kind } = position;
    const prepare = (link: MemoryLink): void => link[direction].cutAfter(afterBytes, kinds[kind].options);
    const bench = new RecordingBench({ ...options, prepare });
    await runOnce(bench, placeOf(position), async () => {
      await play(bench);
      const passedBytes = passed(bench.troubled, position);
      if (passedBytes < afterBytes) throw unlike(`only ${countBytes(passedBytes)} passed ${direction}`);
    });
  }
  return positions;
}

async function allCuts(
  play: (bench: RecordingBench) => Promise<unknown>,
  options: ForEachCutOptions,
): Promise<readonly CutPosition[]> {
  const bench = new RecordingBench(options);
  await runOnce(bench, UNTROUBLED, play);
  const positions: CutPosition[] = [];
  for (const direction of options.directions ?? (['toServer', 'toClient'] as const)) {
    for (const kind of options.kinds ?? (['delivered', 'lost', 'received'] as const)) {
      const lengthBytes = passed(bench.troubled, { direction, kind });
      for (let afterBytes = 0; afterBytes <= lengthBytes; afterBytes += 1) {
        positions.push({ direction, afterBytes, kind });
      }
    }
  }
  return positions;
}

function passed(link: MemoryLink | undefined, { direction, kind }: Pick<CutPosition, 'direction' | 'kind'>): number {
  if (link === undefined) throw unlike('it has not opened the connection that is to be cut');
  return kind === 'received' ? link[direction].readBytes : link[direction].writtenBytes;
}

function placeOf(position: CutPosition): Place {
  const { direction, afterBytes, kind } = position;
  return { where: `where the link is cut after ${countBytes(afterBytes)} ${direction}, ${kinds[kind].text}`, position };
}

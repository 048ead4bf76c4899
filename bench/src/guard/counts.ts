import type { QoS } from '@minimq/core';
import type { BenchClient, PublishStyle, ReceiveStyle, Work } from '../clients/client.ts';
import { minimqOver } from '../clients/minimq.ts';
import { collectedMemory, presentMemory } from '../measures/memory.ts';
import { median } from '../run/median.ts';
import { Connection } from '../peer/connection.ts';
import type { PeerSettings } from '../peer/settings.ts';
import { Pipe } from './pipe.ts';

const PAYLOAD_BYTES = 64;
const IN_FLIGHT = 1_000;
/** So many messages until the code is compiled. */
const WARM_UP = 100_000;
/** So many count, in pieces: the median leaves out a piece in which garbage was collected. */
const PIECE = 10_000;
const PIECES = 11;

/** What a flow of messages costs in calls and in memory: numbers that do not depend on the machine's speed. */
export interface Counts {
  readonly readsPerThousand: number;
  readonly writesPerThousand: number;
  /** Bytes of the heap that are allocated for each message, garbage or not. */
  readonly allocatedBytes: number;
}

export type Flow =
  | { readonly direction: 'publish'; readonly qos: QoS; readonly style: PublishStyle }
  | { readonly direction: 'receive'; readonly qos: QoS; readonly style: ReceiveStyle };

/**
 * Needs a young generation that is larger than what a few pieces allocate: without a collection, growth is what was
 * allocated.
 */
export async function countFlow(flow: Flow): Promise<Counts> {
  const pipe = new Pipe();
  const work = await open(flow, pipe);
  await work(WARM_UP);
  const { reads, writes } = pipe;
  const growths: number[] = [];
  collectedMemory();
  for (let piece = 0; piece < PIECES; piece++) {
    const { heap } = presentMemory();
    await work(PIECE);
    growths.push((presentMemory().heap - heap) / PIECE);
  }
  const perThousand = (PIECES * PIECE) / 1_000;
  return {
    readsPerThousand: (pipe.reads - reads) / perThousand,
    writesPerThousand: (pipe.writes - writes) / perThousand,
    allocatedBytes: median(growths),
  };
}

async function open({ direction, qos, style }: Flow, pipe: Pipe): Promise<Work> {
  const job = { qos, payloadBytes: PAYLOAD_BYTES, inFlight: IN_FLIGHT };
  const settings: PeerSettings = {
    transport: 'tcp',
    receiveMaximum: IN_FLIGHT,
    flood: direction === 'receive' ? job : undefined,
  };
  const connection = new Connection(settings, pipe.wire, true);
  const client: BenchClient = await minimqOver(pipe.io, { payloadBytes: PAYLOAD_BYTES, inFlight: IN_FLIGHT });
  if (connection.messagesIn !== 0) throw new Error('The peer has counted a message before there was one');
  return direction === 'publish' ? client.publisher({ ...job, style }) : client.receiver({ ...job, style });
}

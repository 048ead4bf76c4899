import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { decodePacket, type Packet, type Sender } from '@minimq/core/codec';
import { packets } from './arbitrary-packets.ts';
import { compared, encode, theirDecode, theirEncode, theirs } from './mqtt-packet.ts';

// What either codec writes, the other has to read. Random packets that both can say are compared; what only one of them
// can say is in `compare-mqtt-packet.test.ts`, as literal bytes.

export interface Comparison {
  /** As a sentence: `packets of a client are read by us as mqtt-packet wrote them`. */
  readonly name: string;
  readonly packets: fc.Arbitrary<Packet>;
  /** Throws where the codecs differ. */
  readonly compare: (packet: Packet) => void;
}

export const comparisons: readonly Comparison[] = (['client', 'server'] as const).flatMap((sender) => [
  {
    name: `packets of a ${sender} are read by mqtt-packet as we wrote them`,
    packets: packets(sender, { emptyValues: false }),
    compare: (packet: Packet) => readByThem(packet, sender),
  },
  {
    name: `packets of a ${sender} are read by us as mqtt-packet wrote them`,
    packets: packets(sender),
    compare: (packet: Packet) => readByUs(packet, sender),
  },
]);

export interface ComparisonRun {
  readonly seed: number;
  readonly packetCount: number;
  /** Called after each packet that was the same. */
  readonly onPacket?: () => void;
}

/** The first difference, with the packet that shows it and the seed; undefined: there is none. */
export function findDifference(comparison: Comparison, run: ComparisonRun): string | undefined {
  const property = fc.property(comparison.packets, (packet) => {
    comparison.compare(packet);
    run.onPacket?.();
  });
  const details = fc.check(property, { seed: run.seed, numRuns: run.packetCount });
  return details.failed ? fc.defaultReportMessage(details) : undefined;
}

function readByThem(packet: Packet, sender: Sender): void {
  same(compared(theirDecode(encode(packet, sender))), compared(theirs(packet)));
}

function readByUs(packet: Packet, sender: Sender): void {
  fc.pre(!isBeyondThem(packet));
  same(theirs(decodePacket(theirEncode(theirs(packet)), sender)), theirs(packet));
}

/** CONNECT packets that MQTT 5 allows and mqtt-packet does not write. */
function isBeyondThem(packet: Packet): boolean {
  if (packet.type !== 'connect') return false;
  const passwordOnly = packet.password !== undefined && packet.username === undefined;
  return passwordOnly || (packet.clientId === '' && !packet.cleanStart);
}

/** Whatever the objects are made of: theirs have no prototype where ours have one. */
function same(actual: unknown, wanted: unknown): void {
  deepStrictEqual(structuredClone(actual), structuredClone(wanted));
}

import type { AckProperties } from './properties.ts';
import { putPacketId, type Target } from './put.ts';
import type { Reader } from './reader.ts';
import type { ReasonCode } from './reason-code.ts';
import { putReason, readReason } from './reason.ts';

/** PUBACK, PUBREC, PUBREL and PUBCOMP (sections 3.4 to 3.7), which have one form. */
export interface AckPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  readonly packetId: number;
  /** Default: success. */
  readonly reasonCode?: ReasonCode | undefined;
  readonly properties?: AckProperties | undefined;
}

/** What all four say. */
export type Ack = Omit<AckPacket, 'type'>;

export function putAck(target: Target, position: number, packet: AckPacket, place: number): number {
  return putReason(target, putPacketId(target, position, packet.packetId), packet, place);
}

export function readAck(reader: Reader): Ack {
  const packetId = reader.packetId();
  const { reasonCode, properties } = readReason(reader) as Omit<Ack, 'packetId'>;
  return { packetId, reasonCode, properties };
}

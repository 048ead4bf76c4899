import { PacketType, type Sender } from './packet-type.ts';
import { propertiesLength, readProperties, writeProperties, writeU16, type AckProperties } from './properties.ts';
import { isPacketId, readPacketId } from './publish.ts';
import type { Reader } from './reader.ts';
import { isReasonCode, ReasonCode } from './reason-code.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, protocolError, wrongReasonCode } from './violation.ts';

/** PUBACK, PUBREC, PUBREL and PUBCOMP (sections 3.4 to 3.7), which have one form. */
export interface AckPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';
  readonly packetId: number;
  /** Default: success. */
  readonly reasonCode?: ReasonCode | undefined;
  readonly properties?: AckProperties | undefined;
}

export function measureAck(packet: AckPacket, sender: Sender): number {
  const { reasonCode = 0 } = packet;
  const type = PacketType[packet.type];
  if (!isPacketId(packet.packetId)) throw invalidArgument('packetId has to be from 1 to 65,535');
  if (!isAckCode(reasonCode, type, sender)) throw invalidArgument(wrongReasonCode(reasonCode, type, sender));
  const length = propertiesLength(packet.properties, type, sender);
  if (length > 0) return 3 + varintLength(length) + length;
  return reasonCode === 0 ? 2 : 3;
}

export function writeAck(packet: AckPacket, target: Uint8Array, position: number, sender: Sender): number {
  const { properties, reasonCode = 0 } = packet;
  position = writeU16(target, position, packet.packetId);
  const length = propertiesLength(properties, PacketType[packet.type], sender);
  if (length === 0 && reasonCode === 0) return position;
  target[position++] = reasonCode;
  return length === 0 ? position : writeProperties(target, position, properties, length);
}

export function readAck(reader: Reader, type: AckPacket['type'], sender: Sender): AckPacket {
  const packetId = readPacketId(reader);
  const reasonCode = reader.position < reader.end ? reader.byte() : 0;
  if (!isAckCode(reasonCode, reader.type, sender)) {
    throw protocolError(`3.${reader.type}.2.1`, wrongReasonCode(reasonCode, reader.type, sender));
  }
  const properties = reader.position < reader.end ? (readProperties(reader, sender) as AckProperties) : undefined;
  reader.finish();
  return { type, packetId, reasonCode, properties };
}

function isAckCode(code: number, type: number, sender: Sender): code is ReasonCode {
  // Only a server knows who subscribes.
  if (code === ReasonCode.noMatchingSubscribers && sender === 'client') return false;
  return isReasonCode(code, type <= PacketType.pubrec ? 'puback' : 'pubrel');
}

import { PacketType, type Sender } from './packet-type.ts';
import {
  propertiesLength,
  readProperties,
  writeProperties,
  type AnyProperties,
  type DisconnectProperties,
  type ServerDisconnectProperties,
} from './properties.ts';
import type { Reader } from './reader.ts';
import { isReasonCode, type ReasonCode } from './reason-code.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, wrongReasonCode } from './violation.ts';

/** Section 3.14. */
export interface DisconnectPacket {
  readonly type: 'disconnect';
  /** Default: normal disconnection. */
  readonly reasonCode?: ReasonCode | undefined;
  readonly properties?: DisconnectProperties | ServerDisconnectProperties | undefined;
}

export function measureDisconnect({ reasonCode = 0, properties }: DisconnectPacket, sender: Sender): number {
  if (!isReasonCode(reasonCode, `${sender}Disconnect`)) {
    throw invalidArgument(wrongReasonCode(reasonCode, PacketType.disconnect, sender));
  }
  const length = propertiesLength(properties as AnyProperties, PacketType.disconnect, sender);
  if (length > 0) return 1 + varintLength(length) + length;
  return reasonCode === 0 ? 0 : 1;
}

export function writeDisconnect(
  packet: DisconnectPacket,
  target: Uint8Array,
  position: number,
  sender: Sender,
): number {
  const { reasonCode = 0 } = packet;
  const properties = packet.properties as AnyProperties | undefined;
  const length = propertiesLength(properties, PacketType.disconnect, sender);
  if (length === 0 && reasonCode === 0) return position;
  target[position++] = reasonCode;
  return length === 0 ? position : writeProperties(target, position, properties, length);
}

export function readDisconnect(reader: Reader, sender: Sender): DisconnectPacket {
  const isShort = reader.position === reader.end;
  const reasonCode = isShort ? 0 : reader.reasonCode(`${sender}Disconnect`, sender, '3.14.2.1');
  const properties = reader.position < reader.end ? readProperties(reader, sender) : undefined;
  reader.finish();
  return { type: 'disconnect', reasonCode, properties: properties as DisconnectPacket['properties'] };
}

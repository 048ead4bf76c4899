import { PacketType } from './packet-type.ts';
import { propertiesLength, readProperties, writeProperties, type ConnackProperties } from './properties.ts';
import type { Reader } from './reader.ts';
import { isReasonCode, type ReasonCode } from './reason-code.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, malformed, wrongReasonCode } from './violation.ts';

/** Section 3.2. */
export interface ConnackPacket {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  readonly reasonCode: ReasonCode;
  readonly properties?: ConnackProperties | undefined;
}

export function measureConnack({ sessionPresent, reasonCode, properties }: ConnackPacket): number {
  if (!isReasonCode(reasonCode, 'connack'))
    throw invalidArgument(wrongReasonCode(reasonCode, PacketType.connack, 'server'));
  if (sessionPresent && reasonCode >= 0x80) throw invalidArgument('A CONNACK that refuses has no session present');
  const length = propertiesLength(properties, PacketType.connack, 'server');
  return 2 + varintLength(length) + length;
}

export function writeConnack(packet: ConnackPacket, target: Uint8Array, position: number): number {
  const { properties } = packet;
  target[position] = packet.sessionPresent ? 1 : 0;
  target[position + 1] = packet.reasonCode;
  const length = propertiesLength(properties, PacketType.connack, 'server');
  return writeProperties(target, position + 2, properties, length);
}

/**
 * Session Present is for the session to judge, and so it may come with a refusal: that breaks [MQTT-3.2.2-6], but the
 * reason code is what the user has to see.
 */
export function readConnack(reader: Reader): ConnackPacket {
  const flags = reader.byte();
  if (flags > 1) throw malformed('3.2.2.1', 'CONNACK has reserved flags set');
  const reasonCode = reader.reasonCode('connack', 'server', '3.2.2.2');
  const properties = readProperties(reader, 'server') as ConnackProperties;
  reader.finish();
  return { type: 'connack', sessionPresent: flags === 1, reasonCode, properties };
}

import * as PacketType from './packet-type.ts';
import { SERVER } from './place.ts';
import type { ConnackProperties } from './properties.ts';
import { putProperties } from './put-properties.ts';
import { putByte, type Target } from './put.ts';
import { readProperties } from './read-properties.ts';
import type { Reader } from './reader.ts';
import type { ReasonCode } from './reason-code.ts';
import { checkReasonCode } from './reason.ts';
import { invalidArgument } from './violation.ts';

/** Section 3.2. */
export interface ConnackPacket {
  readonly type: 'connack';
  readonly sessionPresent: boolean;
  readonly reasonCode: ReasonCode;
  readonly properties?: ConnackProperties | undefined;
}

export function putConnack(target: Target, position: number, packet: ConnackPacket): number {
  const { sessionPresent, reasonCode, properties } = packet;
  const place = SERVER + PacketType.connack;
  checkReasonCode(reasonCode, place);
  if (sessionPresent && reasonCode >= 0x80) throw invalidArgument('A CONNACK that refuses has no session present');
  position = putByte(target, position, sessionPresent ? 1 : 0);
  position = putByte(target, position, reasonCode);
  return putProperties(target, position, properties, place);
}

/**
 * Session Present is for the session to judge, and so it may come with a refusal: that breaks [MQTT-3.2.2-6], but the
 * reason code is what the user has to see.
 */
export function readConnack(reader: Reader): ConnackPacket {
  const flags = reader.byte();
  if (flags > 1) throw reader.malformed('3.2.2.1', 'has reserved flags set');
  const reasonCode = reader.reasonCode('3.2.2.2');
  const properties = readProperties(reader) as ConnackProperties;
  reader.finish();
  return { type: 'connack', sessionPresent: flags === 1, reasonCode, properties };
}

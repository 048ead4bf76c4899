import * as PacketType from './packet-type.ts';
import { WILL } from './place.ts';
import type { ConnectProperties, WillProperties } from './properties.ts';
import { putProperties } from './put-properties.ts';
import { checkNumber, putBinary, putByte, putBytes, putText, putTopicName, putU16, type Target } from './put.ts';
import { readProperties } from './read-properties.ts';
import { isQoS, type QoS } from './qos.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { hasWildcardByte } from './topic.ts';

/** The message that the broker publishes when this connection is lost (section 3.1.2.5). */
export interface Will {
  /** A topic name: 1 to 65,535 bytes, no wildcards. */
  readonly topic: string;
  /** At most 65,535 bytes, text as UTF-8; default: empty. */
  readonly payload?: Uint8Array | string | undefined;
  /** Default 0. */
  readonly qos?: QoS | undefined;
  /** Whether the broker keeps it as the topic's retained message; default false. */
  readonly retain?: boolean | undefined;
  /** Default: none. Section 3.1.3.2. */
  readonly properties?: WillProperties | undefined;
}

/** Section 3.1. */
export interface ConnectPacket {
  readonly type: 'connect';
  /** At most 65,535 bytes; empty: the server assigns one. */
  readonly clientId: string;
  readonly cleanStart: boolean;
  /** Seconds, 0 to 65,535; 0: off. */
  readonly keepAlive: number;
  readonly properties?: ConnectProperties | undefined;
  readonly will?: Will | undefined;
  readonly username?: string | undefined;
  readonly password?: Uint8Array | string | undefined;
}

const PROTOCOL = [0, 4, 0x4d, 0x51, 0x54, 0x54, 5] as const; // "MQTT", version 5

export function putConnect(target: Target, position: number, packet: ConnectPacket): number {
  const { keepAlive, will, username, password } = packet;
  const { qos = 0, payload = '' } = will ?? {};
  checkNumber('keepAlive', keepAlive, 0, 0xffff);
  checkNumber('The QoS of the will', qos, 0, 2);
  position = putBytes(target, position, PROTOCOL);
  const flags =
    (packet.cleanStart ? 0x02 : 0) |
    (will === undefined ? 0 : 0x04 | (qos << 3) | (will.retain ? 0x20 : 0)) |
    (password === undefined ? 0 : 0x40) |
    (username === undefined ? 0 : 0x80);
  position = putByte(target, position, flags);
  position = putU16(target, position, keepAlive);
  position = putProperties(target, position, packet.properties, PacketType.connect);
  position = putText(target, position, 'The client identifier', packet.clientId);
  if (will !== undefined) {
    position = putProperties(target, position, will.properties, WILL);
    position = putTopicName(target, position, 'The topic of the will', will.topic);
    position = putData(target, position, 'The payload of the will', payload);
  }
  if (username !== undefined) position = putText(target, position, 'The user name', username);
  return password === undefined ? position : putData(target, position, 'The password', password);
}

// Binary data may hold U+0000; only lone surrogates have no form in it.
function putData(target: Target, position: number, what: string, data: Uint8Array | string): number {
  return typeof data === 'string' ? putText(target, position, what, data, 0) : putBinary(target, position, what, data);
}

export function readConnect(reader: Reader): ConnectPacket {
  for (const [i, expected] of PROTOCOL.entries()) {
    if (reader.byte() !== expected) {
      throw reader.violation(ReasonCode.unsupportedProtocolVersion, '3.1.2', `is not of MQTT 5, as byte ${i + 1} says`);
    }
  }
  const flags = reader.byte();
  const hasWill = (flags & 0x04) !== 0;
  const willQoS = (flags >> 3) & 0x03;
  if ((flags & 0x01) !== 0) throw reader.malformed('3.1.2.3', 'has the reserved bit of its connect flags set');
  if (!isQoS(willQoS) || (!hasWill && (flags & 0x38) !== 0)) {
    throw reader.malformed('3.1.2.6', 'has will bits in its connect flags that do not fit together');
  }
  const keepAlive = reader.u16();
  const properties = readProperties(reader) as ConnectProperties;
  const packet: ConnectPacket = {
    type: 'connect',
    clientId: reader.text(),
    cleanStart: (flags & 0x02) !== 0,
    keepAlive,
    properties,
    will: hasWill ? readWill(reader, willQoS, (flags & 0x20) !== 0) : undefined,
    username: (flags & 0x80) !== 0 ? reader.text() : undefined,
    password: (flags & 0x40) !== 0 ? reader.binary() : undefined,
  };
  reader.finish();
  return packet;
}

function readWill(reader: Reader, qos: QoS, retain: boolean): Will {
  const properties = readProperties(reader, WILL) as WillProperties;
  const start = reader.position + 2;
  const topic = reader.text();
  if (topic === '' || hasWildcardByte(reader.bytes, start, reader.position)) {
    throw reader.violation(ReasonCode.topicNameInvalid, '3.1.3.3', 'topic of the will is empty or has a wildcard');
  }
  return { topic, payload: reader.binary(), qos, retain, properties };
}

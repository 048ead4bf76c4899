import { WILL, PacketType } from './packet-type.ts';
import {
  binaryLength,
  propertiesLength,
  readProperties,
  writeBinary,
  writeProperties,
  writeText,
  writeU16,
  type ConnectProperties,
  type WillProperties,
} from './properties.ts';
import { isQoS, type QoS } from './qos.ts';
import type { Reader } from './reader.ts';
import { ReasonCode } from './reason-code.ts';
import { hasWildcardByte, textLength, topicNameLength } from './topic.ts';
import { utf8Length, writeUtf8 } from './utf8.ts';
import { varintLength } from './varint.ts';
import { invalidArgument, malformed, violation } from './violation.ts';

/** The message that the broker publishes when this connection is lost (section 3.1.2.5). */
export interface Will {
  readonly topic: string;
  readonly payload?: Uint8Array | string | undefined;
  readonly qos?: QoS | undefined;
  readonly retain?: boolean | undefined;
  readonly properties?: WillProperties | undefined;
}

/** Section 3.1. */
export interface ConnectPacket {
  readonly type: 'connect';
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

export function measureConnect(packet: ConnectPacket): number {
  const { keepAlive, will, username, password } = packet;
  if (!Number.isInteger(keepAlive) || keepAlive < 0 || keepAlive > 0xffff) {
    throw invalidArgument('keepAlive has to be a whole number of seconds from 0 to 65,535');
  }
  let length = PROTOCOL.length + 3 + blockLength(propertiesLength(packet.properties, PacketType.connect, 'client'));
  length += 2 + textLength('The client identifier', packet.clientId);
  if (will !== undefined) {
    if (!isQoS(will.qos ?? 0)) throw invalidArgument('The QoS of the will has to be 0, 1 or 2');
    length += blockLength(propertiesLength(will.properties, WILL, 'client'));
    length += 2 + topicNameLength('The topic of the will', will.topic);
    length += 2 + dataLength('The payload of the will', will.payload ?? '');
  }
  if (username !== undefined) length += 2 + textLength('The user name', username);
  if (password !== undefined) length += 2 + dataLength('The password', password);
  return length;
}

export function writeConnect(packet: ConnectPacket, target: Uint8Array, position: number): number {
  const { will, username, password } = packet;
  target.set(PROTOCOL, position);
  position += PROTOCOL.length;
  target[position++] =
    (packet.cleanStart ? 0x02 : 0) |
    (will === undefined ? 0 : 0x04 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0)) |
    (password === undefined ? 0 : 0x40) |
    (username === undefined ? 0 : 0x80);
  position = writeU16(target, position, packet.keepAlive);
  const length = propertiesLength(packet.properties, PacketType.connect, 'client');
  position = writeProperties(target, position, packet.properties, length);
  position = writeText(target, position, packet.clientId);
  if (will !== undefined) {
    const willLength = propertiesLength(will.properties, WILL, 'client');
    position = writeProperties(target, position, will.properties, willLength);
    position = writeText(target, position, will.topic);
    position = writeData(target, position, will.payload ?? '');
  }
  if (username !== undefined) position = writeText(target, position, username);
  if (password !== undefined) position = writeData(target, position, password);
  return position;
}

export function readConnect(reader: Reader): ConnectPacket {
  for (const [i, expected] of PROTOCOL.entries()) {
    if (reader.byte() !== expected) {
      throw violation(ReasonCode.unsupportedProtocolVersion, '3.1.2', `Byte ${i + 1} of CONNECT is not of MQTT 5`);
    }
  }
  const flags = reader.byte();
  const hasWill = (flags & 0x04) !== 0;
  const willQoS = (flags >> 3) & 0x03;
  if ((flags & 0x01) !== 0) throw malformed('3.1.2.3', 'The reserved bit of the connect flags is set');
  if (!isQoS(willQoS) || (!hasWill && (flags & 0x38) !== 0)) {
    throw malformed('3.1.2.6', 'The will bits of the connect flags do not fit together');
  }
  const keepAlive = reader.u16();
  const properties = readProperties(reader, 'client') as ConnectProperties;
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
  const properties = readProperties(reader, 'client', WILL) as WillProperties;
  const start = reader.position + 2;
  const topic = reader.text();
  if (topic === '' || hasWildcardByte(reader.bytes, start, reader.position)) {
    throw violation(ReasonCode.topicNameInvalid, '3.1.3.3', 'The topic of the will is empty or has a wildcard');
  }
  return { topic, payload: reader.binary(), qos, retain, properties };
}

function blockLength(length: number): number {
  return varintLength(length) + length;
}

function dataLength(what: string, data: Uint8Array | string): number {
  if (typeof data !== 'string') return binaryLength(what, data);
  // Binary data may hold any byte; only lone surrogates have no form in it.
  return textLength(what, data.replaceAll('\0', '0'));
}

function writeData(target: Uint8Array, position: number, data: Uint8Array | string): number {
  if (typeof data !== 'string') return writeBinary(target, position, data);
  const length = utf8Length(data.replaceAll('\0', '0'));
  return writeUtf8(target, writeU16(target, position, length), data, length);
}

import { ResourceError } from '../errors.ts';
import { measureAck, readAck, writeAck, type AckPacket } from './ack.ts';
import { measureAuth, readAuth, writeAuth, type AuthPacket } from './auth.ts';
import { measureConnack, readConnack, writeConnack, type ConnackPacket } from './connack.ts';
import { measureConnect, readConnect, writeConnect, type ConnectPacket } from './connect.ts';
import { measureDisconnect, readDisconnect, writeDisconnect, type DisconnectPacket } from './disconnect.ts';
import { checkFirstByte, reservedBits } from './first-byte.ts';
import { PacketType, packetTypeName, type Sender } from './packet-type.ts';
import {
  measurePublish,
  publishFlags,
  readPublish,
  wholeLength,
  writeFixedHeader,
  writePublish,
  type PublishPacket,
} from './publish.ts';
import { Reader } from './reader.ts';
import {
  measureSuback,
  measureSubscribe,
  readSuback,
  readSubscribe,
  writeSuback,
  writeSubscribe,
  type SubackPacket,
  type SubscribePacket,
} from './subscribe.ts';
import { measureUnsubscribe, readUnsubscribe, writeUnsubscribe, type UnsubscribePacket } from './unsubscribe.ts';
import { frameLength } from './varint.ts';
import { invalidArgument, malformed, protocolError } from './violation.ts';

/** PINGREQ and PINGRESP (sections 3.12 and 3.13). */
export interface PingPacket {
  readonly type: 'pingreq' | 'pingresp';
}

/** All fifteen packets of MQTT v5. */
export type Packet =
  | ConnectPacket
  | ConnackPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | SubackPacket
  | UnsubscribePacket
  | PingPacket
  | DisconnectPacket
  | AuthPacket;

/**
 * The length of the encoded packet in bytes. Checks everything that `encodePacket` relies on: throws an
 * `InvalidRequestError` where `sender` could not send this packet.
 */
export function packetLength(packet: Packet, sender: Sender): number {
  return wholeLength(remainingLength(packet, sender));
}

/**
 * Encodes `packet` as `sender` would send it into `target` at `position`, and returns the position behind it.
 * Throws an `InvalidRequestError` like `packetLength`, or a `ResourceError` (`buffer-too-small`), before a byte is
 * written.
 */
export function encodePacket(packet: Packet, sender: Sender, target: Uint8Array, position = 0): number {
  const remaining = remainingLength(packet, sender);
  const end = position + wholeLength(remaining);
  if (!(position >= 0 && end <= target.length)) {
    throw new ResourceError(
      'buffer-too-small',
      `The packet takes ${end - position} bytes; there is less room than that`,
    );
  }
  writeBody(packet, sender, target, writeFixedHeader(target, position, firstByte(packet), remaining));
  return end;
}

/**
 * Decodes the one packet that `bytes` are, sent by `sender`. The payload of a PUBLISH is a window on `bytes`; the rest is
 * copied. Throws a `PeerError` (`invalid-packet`) for anything that the standard forbids in the packet itself.
 */
export function decodePacket(bytes: Uint8Array, sender: Sender): Packet {
  const length = frameLength(bytes, 0, bytes.length);
  if (length === 0 || length !== bytes.length) {
    throw malformed('2.1.4', `The packet says that it is ${length} bytes long, and there are ${bytes.length}`);
  }
  const reader = new Reader();
  const first = reader.open(bytes, 0, bytes.length);
  checkFirstByte(first);
  return readBody(reader, first, sender);
}

function firstByte(packet: Packet): number {
  if (packet.type === 'publish') return publishFlags(packet.qos, packet.retain, packet.dup);
  const type = PacketType[packet.type];
  return (type << 4) | reservedBits(type);
}

function remainingLength(packet: Packet, sender: Sender): number {
  if (isFromOtherSide(PacketType[packet.type], sender)) {
    throw invalidArgument(`A ${sender} does not send the packet ${packet.type}`);
  }
  switch (packet.type) {
    case 'connect':
      return measureConnect(packet);
    case 'connack':
      return measureConnack(packet);
    case 'publish':
      return measurePublish(packet, sender);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return measureAck(packet, sender);
    case 'subscribe':
      return measureSubscribe(packet);
    case 'suback':
    case 'unsuback':
      return measureSuback(packet);
    case 'unsubscribe':
      return measureUnsubscribe(packet);
    case 'disconnect':
      return measureDisconnect(packet, sender);
    case 'auth':
      return measureAuth(packet, sender);
    case 'pingreq':
    case 'pingresp':
      return 0;
    default:
      throw invalidArgument('This is not a packet');
  }
}

function writeBody(packet: Packet, sender: Sender, target: Uint8Array, position: number): number {
  switch (packet.type) {
    case 'connect':
      return writeConnect(packet, target, position);
    case 'connack':
      return writeConnack(packet, target, position);
    case 'publish':
      return writePublish(packet, target, position, sender);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return writeAck(packet, target, position, sender);
    case 'subscribe':
      return writeSubscribe(packet, target, position);
    case 'suback':
    case 'unsuback':
      return writeSuback(packet, target, position);
    case 'unsubscribe':
      return writeUnsubscribe(packet, target, position);
    case 'disconnect':
      return writeDisconnect(packet, target, position, sender);
    case 'auth':
      return writeAuth(packet, target, position, sender);
    default:
      return position;
  }
}

function readBody(reader: Reader, first: number, sender: Sender): Packet {
  if (isFromOtherSide(reader.type, sender)) {
    throw protocolError('2.1.2', `${packetTypeName(reader.type)} is not a packet that a ${sender} sends`);
  }
  switch (reader.type) {
    case PacketType.connect:
      return readConnect(reader);
    case PacketType.connack:
      return readConnack(reader);
    case PacketType.publish:
      return readPublish(reader, first, sender);
    case PacketType.puback:
      return readAck(reader, 'puback', sender);
    case PacketType.pubrec:
      return readAck(reader, 'pubrec', sender);
    case PacketType.pubrel:
      return readAck(reader, 'pubrel', sender);
    case PacketType.pubcomp:
      return readAck(reader, 'pubcomp', sender);
    case PacketType.subscribe:
      return readSubscribe(reader);
    case PacketType.suback:
      return readSuback(reader, 'suback');
    case PacketType.unsubscribe:
      return readUnsubscribe(reader);
    case PacketType.unsuback:
      return readSuback(reader, 'unsuback');
    case PacketType.disconnect:
      return readDisconnect(reader, sender);
    case PacketType.auth:
      return readAuth(reader, sender);
    default:
      reader.finish();
      return { type: reader.type === PacketType.pingreq ? 'pingreq' : 'pingresp' };
  }
}

const ofClient: readonly number[] = [
  PacketType.connect,
  PacketType.subscribe,
  PacketType.unsubscribe,
  PacketType.pingreq,
];
const ofServer: readonly number[] = [PacketType.connack, PacketType.suback, PacketType.unsuback, PacketType.pingresp];

function isFromOtherSide(type: number, sender: Sender): boolean {
  return (sender === 'client' ? ofServer : ofClient).includes(type);
}

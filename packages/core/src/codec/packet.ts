import { ResourceError } from '../errors.ts';
import { putAck, readAck, type AckPacket } from './ack.ts';
import { putAuth, readAuth, type AuthPacket } from './auth.ts';
import { putConnack, readConnack, type ConnackPacket } from './connack.ts';
import { putConnect, readConnect, type ConnectPacket } from './connect.ts';
import { putDisconnect, readDisconnect, type DisconnectPacket } from './disconnect.ts';
import { checkFirstByte, firstByte, frameLength, putFixedHeader, wholeLength } from './fixed-header.ts';
import type { PacketName } from './packet-name.ts';
import * as PacketType from './packet-type.ts';
import { CLIENT, SERVER } from './place.ts';
import { publishFlags, putPublish, readPublish, type PublishPacket } from './publish.ts';
import type { Target } from './put.ts';
import { Reader } from './reader.ts';
import {
  putSuback,
  putSubscribe,
  readSuback,
  readSubscribe,
  type SubackPacket,
  type SubscribePacket,
} from './subscribe.ts';
import { putUnsubscribe, readUnsubscribe, type UnsubscribePacket } from './unsubscribe.ts';
import { invalidArgument, malformed } from './violation.ts';

/** Who sent a packet; some fields belong to one side only. */
export type Sender = 'client' | 'server';

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
  return wholeLength(putBody(null, 0, packet, placeOf(packet, sender)));
}

/**
 * Encodes `packet` as `sender` would send it into `target` at `position`, and returns the position behind it.
 * Throws an `InvalidRequestError` like `packetLength`, or a `ResourceError` (`buffer-too-small`), before a byte is
 * written.
 */
export function encodePacket(packet: Packet, sender: Sender, target: Uint8Array, position = 0): number {
  const place = placeOf(packet, sender);
  const remaining = putBody(null, 0, packet, place);
  const end = position + wholeLength(remaining);
  if (!(position >= 0 && end <= target.length)) {
    throw new ResourceError(
      'buffer-too-small',
      `The packet takes ${end - position} bytes; there is less room than that`,
    );
  }
  const first =
    packet.type === 'publish' ? publishFlags(packet.qos, packet.retain, packet.dup) : firstByte(place & 0x0f);
  return putBody(target, putFixedHeader(target, position, first, remaining), packet, place);
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
  const reader = new Reader(side(sender));
  reader.open(bytes, 0, bytes.length);
  checkFirstByte(reader.first);
  return readBody(reader, sender);
}

// A look-up in a module's namespace is slow.
const types: Readonly<Record<PacketName, number>> = { ...PacketType };

function side(sender: Sender): number {
  return sender === 'server' ? SERVER : CLIENT;
}

/** Where the packet stands in the tables: its type, and who sends it. */
function placeOf(packet: Packet, sender: Sender): number {
  const type = packet.type === 'publish' ? PacketType.publish : types[packet.type];
  if (isFromOtherSide(type, sender)) throw invalidArgument(`A ${sender} does not send the packet ${packet.type}`);
  return side(sender) + type;
}

function putBody(target: Target, position: number, packet: Packet, place: number): number {
  switch (packet.type) {
    case 'connect':
      return putConnect(target, position, packet);
    case 'connack':
      return putConnack(target, position, packet);
    case 'publish':
      return putPublish(target, position, packet, place);
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return putAck(target, position, packet, place);
    case 'subscribe':
      return putSubscribe(target, position, packet);
    case 'suback':
    case 'unsuback':
      return putSuback(target, position, packet, place);
    case 'unsubscribe':
      return putUnsubscribe(target, position, packet);
    case 'disconnect':
      return putDisconnect(target, position, packet, place);
    case 'auth':
      return putAuth(target, position, packet, place);
    case 'pingreq':
    case 'pingresp':
      return position;
    default:
      throw invalidArgument('This is not a packet');
  }
}

function readBody(reader: Reader, sender: Sender): Packet {
  const type = reader.first >> 4;
  if (isFromOtherSide(type, sender)) throw reader.protocolError('2.1.2', `is not a packet that a ${sender} sends`);
  switch (type) {
    case PacketType.connect:
      return readConnect(reader);
    case PacketType.connack:
      return readConnack(reader);
    case PacketType.publish:
      return readPublish(reader);
    case PacketType.puback:
      return { type: 'puback', ...readAck(reader) };
    case PacketType.pubrec:
      return { type: 'pubrec', ...readAck(reader) };
    case PacketType.pubrel:
      return { type: 'pubrel', ...readAck(reader) };
    case PacketType.pubcomp:
      return { type: 'pubcomp', ...readAck(reader) };
    case PacketType.subscribe:
      return readSubscribe(reader);
    case PacketType.suback:
      return readSuback(reader, 'suback');
    case PacketType.unsubscribe:
      return readUnsubscribe(reader);
    case PacketType.unsuback:
      return readSuback(reader, 'unsuback');
    case PacketType.disconnect:
      return readDisconnect(reader);
    case PacketType.auth:
      return readAuth(reader);
    default:
      reader.finish();
      return { type: type === PacketType.pingreq ? 'pingreq' : 'pingresp' };
  }
}

// A bit for each packet type: CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ; CONNACK, SUBACK, UNSUBACK, PINGRESP.
const CLIENT_ONLY = 0b0001_0101_0000_0010;
const SERVER_ONLY = 0b0010_1010_0000_0100;

function isFromOtherSide(type: number, sender: Sender): boolean {
  return (((sender === 'client' ? SERVER_ONLY : CLIENT_ONLY) >>> type) & 1) !== 0;
}

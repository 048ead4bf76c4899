import type { QoS } from '@minimq/core';

// Packets as plain bytes, for the peer and the bare socket: neither may depend on a codec that is measured.

/** The topic of every message. */
export const TOPIC = 'bench/topic';

export const CONNECT = 0x10;
export const CONNACK = 0x20;
export const PUBLISH = 0x30;
export const PUBACK = 0x40;
export const PUBREC = 0x50;
/** With the flags that it must carry. */
export const PUBREL = 0x62;
export const PUBCOMP = 0x70;
export const SUBSCRIBE = 0x82;
export const SUBACK = 0x90;
export const UNSUBSCRIBE = 0xa2;
export const UNSUBACK = 0xb0;
export const PINGREQ = 0xc0;
export const PINGRESP = 0xd0;
export const DISCONNECT = 0xe0;

/** PUBACK, PUBREC, PUBREL and PUBCOMP in their short form. */
export const ACK_BYTES = 4;

/** Clean start, no keep alive, a client identifier that the peer does not look at. */
export function connectPacket(): Buffer {
  return Buffer.from([CONNECT, 17, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 2, 0, 0, 0, 0, 4, 0x62, 0x61, 0x72, 0x65]);
}

export function connackPacket(receiveMaximum: number, sessionPresent: boolean): Buffer {
  const present = sessionPresent ? 1 : 0;
  return Buffer.from([CONNACK, 6, present, 0, 3, 0x21, receiveMaximum >> 8, receiveMaximum & 0xff]);
}

/** One filter, QoS 2: what comes is as the peer wants it. */
export function subscribePacket(packetId: number): Buffer {
  const filter = Buffer.from(TOPIC);
  const head = [SUBSCRIBE, 6 + filter.length, packetId >> 8, packetId & 0xff, 0, 0, filter.length];
  return Buffer.concat([Buffer.from(head), filter, Buffer.from([2])]);
}

export function putAck(target: Uint8Array, position: number, first: number, packetId: number): number {
  target[position] = first;
  target[position + 1] = 2;
  target[position + 2] = packetId >> 8;
  target[position + 3] = packetId & 0xff;
  return position + ACK_BYTES;
}

/** A PUBLISH without properties; its payload is zeros. */
export function publishPacket(qos: QoS, packetId: number, payloadBytes: number): Buffer {
  const topic = Buffer.from(TOPIC);
  const identifier = qos === 0 ? [] : [packetId >> 8, packetId & 0xff];
  const body = [Buffer.from([0, topic.length]), topic, Buffer.from([...identifier, 0]), Buffer.alloc(payloadBytes)];
  const remaining = body.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([PUBLISH | (qos << 1), ...varint(remaining)]), ...body]);
}

function varint(value: number): number[] {
  const bytes = [];
  for (; value > 0x7f; value >>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

import { payloadOf, TOPIC } from '../flow/plan.ts';

/** CONNACK: no session present, success, no properties. */
export const CONNACK: Uint8Array<ArrayBuffer> = Uint8Array.of(0x20, 0x03, 0x00, 0x00, 0x00);

/** How a DISCONNECT begins. */
export const DISCONNECT_TYPE = 0xe0;

/** PUBLISH, QoS 0, no properties. Its remaining length is 16,388: 3 bytes of topic, 1 of properties, the payload. */
const PUBLISH_HEAD = Uint8Array.of(0x30, 0x84, 0x80, 0x01, 0x00, 0x01, TOPIC.charCodeAt(0), 0x00);

export function publishOf(number: number): Uint8Array<ArrayBuffer> {
  const payload = payloadOf(number);
  const packet = new Uint8Array(PUBLISH_HEAD.length + payload.length);
  packet.set(PUBLISH_HEAD);
  packet.set(payload, PUBLISH_HEAD.length);
  return packet;
}

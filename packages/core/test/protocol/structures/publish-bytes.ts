import { framed } from '../../codec/bytes.ts';

export interface PublishFields {
  /** ASCII. */
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly packetId?: number | undefined;
  readonly payload: string;
  readonly retain?: boolean;
  readonly dup?: boolean;
  /** Properties as bytes, without their length in front. */
  readonly properties?: readonly number[];
  /** The first byte, where it has to be another one. */
  readonly first?: number;
}

/** A PUBLISH (section 3.3), by hand. */
export function publishBytes(fields: PublishFields): Uint8Array<ArrayBuffer> {
  const { topic, qos, packetId, payload, retain = false, dup = false, properties = [] } = fields;
  const propertiesLength =
    properties.length > 127 ? [(properties.length % 128) + 128, properties.length >> 7] : [properties.length];
  return framed(
    fields.first ?? 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0),
    new Uint8Array([
      topic.length >> 8,
      topic.length & 0xff,
      ...Buffer.from(topic),
      ...(packetId === undefined ? [] : [packetId >> 8, packetId & 0xff]),
      ...propertiesLength,
      ...properties,
      ...Buffer.from(payload),
    ]),
  );
}

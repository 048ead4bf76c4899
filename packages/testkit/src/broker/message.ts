import type { PublishPacket, PublishProperties, QoS } from '@minimq/core/codec';

/** An application message on its way through the broker. It owns its bytes. */
export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  /** As they came, but without Topic Alias. */
  readonly properties: PublishProperties | undefined;
  /** The Client Identifier of the publisher; undefined: the broker itself. */
  readonly publisher: string | undefined;
  readonly receivedAtMs: number;
}

/** A message for one subscriber. */
export interface Delivery {
  readonly message: Message;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly subscriptionIdentifiers: readonly number[] | undefined;
}

/** The message of a PUBLISH, whose payload is copied out of the buffer that it came in. */
export function messageOf(packet: PublishPacket, topic: string, publisher: string, nowMs: number): Message {
  return {
    topic,
    payload: packet.payload.slice(),
    qos: packet.qos,
    retain: packet.retain,
    properties: withoutAlias(packet.properties as PublishProperties | undefined),
    publisher,
    receivedAtMs: nowMs,
  };
}

export function withoutAlias(properties: PublishProperties | undefined): PublishProperties | undefined {
  if (properties?.topicAlias === undefined) return properties;
  const { topicAlias: _, ...rest } = properties;
  return rest;
}

/** What a message counts against a bound in bytes: its payload, and a character of its topic as one. */
export function messageBytes(message: Message): number {
  return message.payload.length + message.topic.length;
}

/** Whether the Message Expiry Interval has passed, which is counted in whole seconds [MQTT-3.3.2-5]. */
export function isExpired(message: Message, nowMs: number): boolean {
  const interval = message.properties?.messageExpiryInterval;
  if (interval === undefined) return false;
  const waited = waitedSeconds(message, nowMs);
  return waited > 0 && waited >= interval;
}

/** The seconds that are left of the Message Expiry Interval [MQTT-3.3.2-6]; undefined: the message does not expire. */
export function remainingExpiryInterval(message: Message, nowMs: number): number | undefined {
  const interval = message.properties?.messageExpiryInterval;
  return interval === undefined ? undefined : Math.max(0, interval - waitedSeconds(message, nowMs));
}

function waitedSeconds(message: Message, nowMs: number): number {
  return Math.floor((nowMs - message.receivedAtMs) / 1000);
}

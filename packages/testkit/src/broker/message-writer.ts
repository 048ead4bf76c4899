import { packetLength, type DeliveryProperties, type PublishPacket, type ReasonCode } from '@minimq/core/codec';
import type { Connection } from './connection.ts';
import type { Hub } from './hub.ts';
import { isExpired, remainingExpiryInterval, type Delivery } from './message.ts';
import type { DeliveryWriter } from './outbound.ts';

/** Puts messages into PUBLISH packets as one client can take them. */
export class MessageWriter implements DeliveryWriter {
  readonly #hub: Hub;
  readonly #connection: Connection;
  readonly #aliasMax: number;
  /** Topic aliases in use, by topic: the first topics have them until the connection ends. */
  readonly #aliases = new Map<string, number>();

  constructor(hub: Hub, connection: Connection) {
    this.#hub = hub;
    this.#connection = connection;
    this.#aliasMax = Math.min(hub.settings.outboundTopicAliasMax, connection.limits.topicAliasMaximum);
  }

  get hasRoom(): boolean {
    return this.#connection.hasRoom;
  }

  get receiveMaximum(): number {
    return this.#connection.limits.receiveMaximum;
  }

  get encodedBytes(): number {
    return this.#connection.encodedBytes;
  }

  isExpired({ message }: Delivery): boolean {
    const expired = isExpired(message, this.#hub.clock.now());
    if (expired) this.#hub.counts.messagesDroppedExpired += 1;
    return expired;
  }

  writePublish(delivery: Delivery, packetId: number, dup: boolean): boolean {
    const { topic } = delivery.message;
    const known = this.#aliases.get(topic);
    const fresh = known === undefined && this.#aliases.size < this.#aliasMax ? this.#aliases.size + 1 : undefined;
    if (this.#push(this.#packet(delivery, packetId, dup, known ?? fresh, known !== undefined))) {
      if (fresh !== undefined) this.#aliases.set(topic, fresh);
      return true;
    }
    // An alias that is new makes the packet longer, and one that is known the topic's own form may still be shorter.
    if ((known ?? fresh) !== undefined && this.#push(this.#packet(delivery, packetId, dup, undefined, false)))
      return true;
    this.#hub.counts.messagesDroppedTooLarge += 1;
    return false;
  }

  writePubrel(packetId: number, reasonCode: ReasonCode): void {
    this.#connection.send({ type: 'pubrel', packetId, reasonCode });
  }

  /** False, and nothing is sent, where the packet is over the client's Maximum Packet Size [MQTT-3.1.2-24]. */
  #push(packet: PublishPacket): boolean {
    const byteLength = packetLength(packet, 'server');
    if (byteLength > this.#connection.limits.maximumPacketSize) return false;
    this.#connection.push(packet, byteLength);
    this.#hub.counts.messagesSent += 1;
    return true;
  }

  #packet(
    delivery: Delivery,
    packetId: number,
    dup: boolean,
    alias: number | undefined,
    isKnown: boolean,
  ): PublishPacket {
    const { message, qos, retain } = delivery;
    return {
      type: 'publish',
      topic: isKnown ? '' : message.topic,
      payload: message.payload,
      qos,
      retain,
      dup,
      packetId: packetId === 0 ? undefined : packetId,
      properties: this.#properties(delivery, alias),
    };
  }

  /** The publisher's properties as they came [MQTT-3.3.2-17], with what the broker has to say itself. */
  #properties(
    { message, subscriptionIdentifiers }: Delivery,
    topicAlias: number | undefined,
  ): DeliveryProperties | undefined {
    const expires = message.properties?.messageExpiryInterval !== undefined;
    if (!expires && subscriptionIdentifiers === undefined && topicAlias === undefined) return message.properties;
    const messageExpiryInterval = expires ? remainingExpiryInterval(message, this.#hub.clock.now()) : undefined;
    return { ...message.properties, messageExpiryInterval, subscriptionIdentifiers, topicAlias };
  }
}

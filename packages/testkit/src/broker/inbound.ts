import { ReasonCode, type AckPacket, type PublishPacket } from '@minimq/core/codec';
import type { Served } from './served-client.ts';
import { messageOf } from './message.ts';
import { protocolError, violation } from './violation.ts';

/** What comes from one client: its publishes, their exchanges and its topic aliases, as far as they are of one connection. */
export class Inbound {
  readonly #client: Served;
  readonly #aliases = new Map<number, string>();
  /** QoS 2 messages of this connection whose PUBREL has not come. */
  readonly #openQoS2 = new Set<number>();
  /** Exchanges whose last answer is still in the outbox: the client cannot know of it, so it must not count on it. */
  #unsentAnswers = 0;

  constructor(client: Served) {
    this.#client = client;
  }

  publish(packet: PublishPacket): void {
    const { qos, packetId = 0 } = packet;
    const { session, connection, duties } = this.#client;
    if (qos > duties.maximumQoS) throw violation(ReasonCode.qosNotSupported, '3.2.2.3.4', `PUBLISH has QoS ${qos}`);
    if (packet.retain && !duties.retainAvailable) {
      throw violation(ReasonCode.retainNotSupported, '3.2.2.3.5', 'PUBLISH has RETAIN set');
    }
    const topic = this.#resolveTopic(packet);
    if (qos === 0) {
      this.#accept(packet, topic);
      return;
    }
    this.#countExchange(packet);
    const isOpen = session.received.has(packetId);
    if (qos === 1) {
      const reasonCode = isOpen ? ReasonCode.packetIdentifierInUse : this.#accept(packet, topic);
      this.#unsentAnswers += 1;
      connection.send({ type: 'puback', packetId, reasonCode });
      return;
    }
    // Until its PUBREL comes, a PUBLISH of the same identifier is the same message [MQTT-4.3.3-10].
    const reasonCode = isOpen ? ReasonCode.success : this.#accept(packet, topic);
    if (reasonCode >= 0x80) this.#unsentAnswers += 1;
    else {
      session.received.add(packetId);
      this.#openQoS2.add(packetId);
    }
    connection.send({ type: 'pubrec', packetId, reasonCode });
  }

  pubrel({ packetId }: AckPacket): void {
    const { session, connection } = this.#client;
    const isKnown = session.received.delete(packetId);
    if (this.#openQoS2.delete(packetId)) this.#unsentAnswers += 1;
    const reasonCode = isKnown ? ReasonCode.success : ReasonCode.packetIdentifierNotFound;
    connection.send({ type: 'pubcomp', packetId, reasonCode });
  }

  /** The answers leave. */
  leaving(): void {
    this.#unsentAnswers = 0;
  }

  /** Polices the broker's Receive Maximum (section 4.9). */
  #countExchange({ qos, packetId = 0 }: PublishPacket): void {
    if (qos === 2 && this.#openQoS2.has(packetId)) return;
    const { receiveMaximum } = this.#client.duties;
    if (this.#openQoS2.size + this.#unsentAnswers < receiveMaximum) return;
    const what = `More than ${receiveMaximum} PUBLISH packets of QoS 1 and 2 are open`;
    throw violation(ReasonCode.receiveMaximumExceeded, '3.3.4', what);
  }

  /** Section 3.3.2.3.4. */
  #resolveTopic({ topic, properties }: PublishPacket): string {
    const alias = properties?.topicAlias;
    if (alias === undefined) return topic;
    const { topicAliasMaximum } = this.#client.duties;
    if (alias > topicAliasMaximum) {
      const what = `The topic alias ${alias} is over the maximum of ${topicAliasMaximum}`;
      throw violation(ReasonCode.topicAliasInvalid, '3.3.2.3.4', what);
    }
    if (topic !== '') {
      this.#aliases.set(alias, topic);
      return topic;
    }
    const known = this.#aliases.get(alias);
    if (known === undefined) throw protocolError('3.3.2.3.4', `The topic alias ${alias} stands for no topic`);
    return known;
  }

  /** Routes the message where the client may publish it; returns the reason code for the answer. */
  #accept(packet: PublishPacket, topic: string): ReasonCode {
    const { hub, session, connect } = this.#client;
    const { clientId } = session;
    const { qos, retain } = packet;
    const { authorizePublish } = hub.settings.hooks;
    const { username } = connect;
    const code = authorizePublish?.({ clientId, username, topic, qos, retain, isWill: false }) ?? ReasonCode.success;
    if (code >= 0x80) return code;
    hub.counts.messagesReceived += 1;
    const count = hub.publish(messageOf(packet, topic, clientId, hub.clock.now()));
    return count === 0 ? ReasonCode.noMatchingSubscribers : ReasonCode.success;
  }
}

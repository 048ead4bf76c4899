import * as PacketType from '../codec/packet-type.ts';
import { publishLayout, scanPublish, type PublishLayout } from '../codec/publish.ts';
import type { Reader } from '../codec/reader.ts';
import { isReasonCodeAt, ReasonCode } from '../codec/reason-code.ts';
import { readUtf8 } from '../codec/utf8.ts';
import { invalidArgument, protocolError, violation } from '../codec/violation.ts';
import { AckOrder, type AckSender } from './ack-order.ts';
import { InboundPublish, OwnedPublish, type MessageSource, type ReceivedPublish } from './inbound-publish.ts';
import type { RxBuffer } from './rx-buffer.ts';
import { Received, type ReceivedMessage, type SessionState } from './session-state.ts';

export interface InboundOptions {
  readonly manualAck: boolean;
  /** Whether messages are acknowledged, dropped and counted, rather than kept for the application. */
  readonly discard: boolean;
  /** The Topic Alias Maximum that CONNECT announces. */
  readonly topicAliasMaximum: number;
  /** Received QoS 2 messages that may wait for their PUBREL at once, those of earlier connections included. */
  readonly inboundQoS2Max: number;
  /** Something may be sent now. */
  readonly onWork: () => void;
}

/** One for all: nothing is kept in it from one packet to the next. */
const layout: PublishLayout = /* @__PURE__ */ publishLayout();

/** Received messages: from their check, over their way through the application's hands, to their acknowledgement. */
export class Inbound implements MessageSource {
  inHand: InboundPublish | null = null;
  /** Messages dropped under `discard`. */
  discardedCount = 0;
  readonly #rx: RxBuffer;
  readonly #state: SessionState;
  readonly #options: InboundOptions;
  readonly #qos1 = new AckOrder();
  readonly #qos2 = new AckOrder();
  /** The last message that was handed out; acknowledged when the application comes back, unless by hand. */
  #last: ReceivedPublish | null = null;
  #epoch = 0;
  #connected = false;
  #receiveMaximum = 0;
  /** QoS 2 messages that hold a slot of the Receive Maximum. */
  #openQoS2 = 0;
  #topics: string[] = [];
  /** The topics of unclaimed messages that came under an alias alone, in their order. */
  #aliasedTopics: string[] = [];
  #aliasedClaimed = 0;

  constructor(rx: RxBuffer, state: SessionState, options: InboundOptions) {
    this.#rx = rx;
    this.#state = state;
    this.#options = options;
  }

  /** The Receive Maximum for the next CONNECT: what is asked for, as far as there is room for QoS 2. */
  receiveMaximum(wanted: number, resumes: boolean): number {
    let room = this.#options.inboundQoS2Max;
    if (resumes) for (const { stage } of this.#state.received.values()) if (stage !== Received.arrived) room--;
    return Math.max(1, Math.min(wanted, room));
  }

  /** A connection begins; what an earlier one has left unclaimed is dropped. */
  begin(epoch: number, receiveMaximum: number): void {
    this.end();
    this.#rx.clear();
    this.#aliasedTopics = [];
    this.#aliasedClaimed = 0;
    for (const [packetId, message] of this.#state.received) {
      message.open = false;
      if (message.stage === Received.arrived) this.#state.dropReceived(packetId);
    }
    this.#epoch = epoch;
    this.#connected = true;
    this.#receiveMaximum = receiveMaximum;
    this.#openQoS2 = 0;
  }

  /** The connection is gone, and with it acknowledgements, aliases and what had not arrived whole. */
  end(): void {
    this.#connected = false;
    this.#qos1.clear();
    this.#qos2.clear();
    this.#topics = [];
    this.#rx.dropPartial();
  }

  /** Takes the PUBLISH at the parse position, `length` bytes long, that `reader` was opened on. */
  publish(reader: Reader, length: number): void {
    scanPublish(reader, layout);
    const qos = (reader.first >> 1) & 3;
    const isNew = qos === 0 || this.#isNew(qos, layout.packetId);
    const topic = layout.topicAlias === 0 ? undefined : this.#resolve(layout, reader);
    if (!isNew) return this.#rx.consumed(length);
    if (this.#options.discard) {
      this.discardedCount++;
      if (qos === 1) this.#qos1.arrivedSettled(layout.packetId, 0);
      else if (qos === 2) this.#qos2Arrived(layout.packetId, Received.acknowledged);
      return this.#rx.consumed(length);
    }
    if (qos === 1) this.#qos1.arrived(layout.packetId);
    else if (qos === 2) this.#qos2Arrived(layout.packetId, Received.arrived);
    if (topic !== undefined) this.#aliasedTopics.push(topic);
    this.#rx.kept(length);
  }

  /** The reason code of the PUBCOMP that answers a PUBREL. */
  pubrelAnswer(packetId: number): ReasonCode {
    const message = this.#state.received.get(packetId);
    if (message === undefined) return ReasonCode.packetIdentifierNotFound;
    if (message.open && message.stage !== Received.acknowledged) {
      throw protocolError('4.3.3', `PUBREL for the message ${packetId}, which has had no PUBREC`);
    }
    return ReasonCode.success;
  }

  /** The PUBCOMP is on its way: the identifier is new again [MQTT-4.3.3-12]. */
  released(packetId: number): void {
    const message = this.#state.received.get(packetId);
    if (message !== undefined) this.#forget(packetId, message);
  }

  get hasMessage(): boolean {
    return this.#rx.messageCount > 0;
  }

  /** Whether repeats have left so many answers owed that nothing more can be taken in. */
  get isFull(): boolean {
    return this.#qos2.size > this.#receiveMaximum;
  }

  /** The application comes back for the next message: the last one is done with. */
  comeBack(): void {
    const last = this.#last;
    this.#last = null;
    this.inHand = null;
    this.#rx.release();
    if (last === null || this.#options.manualAck) return;
    if (this.#isOpen(last)) this.acknowledge(last, 0);
    else if (last.qos === 2) {
      // Its connection is gone; that it was dealt with still counts.
      const message = this.#state.received.get(last.packetId);
      if (message?.stage === Received.handed) message.stage = Received.acknowledged;
    }
  }

  /** The application disconnects: what it did not claim is dropped, and what it holds stays unacknowledged. */
  drop(): void {
    this.#last = null;
    this.#rx.clear();
  }

  /** Hands out the oldest message; there has to be one, and `comeBack` goes before. */
  claim(): InboundPublish {
    const rx = this.#rx;
    const start = rx.claim();
    const place = this.#claimPlace(start);
    const view = new InboundPublish(this, rx.bytes, start, rx.claimedEnd, this.#topicAt(start), this.#epoch, place);
    this.inHand = view;
    this.#handed(view);
    return view;
  }

  /** Hands out the oldest message in memory of its own. */
  claimOwned(): OwnedPublish {
    const rx = this.#rx;
    const start = rx.claim();
    const place = this.#claimPlace(start);
    const bytes = rx.bytes.slice(start, rx.claimedEnd);
    const message = new OwnedPublish(this, bytes, 0, bytes.length, this.#topicAt(start), this.#epoch, place);
    rx.release();
    this.#handed(message);
    return message;
  }

  acknowledge(message: ReceivedPublish, reasonCode: ReasonCode): boolean {
    if (!isReasonCodeAt(PacketType.puback, reasonCode)) {
      throw invalidArgument('A message is acknowledged with 0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97 or 0x99');
    }
    if (!this.#isOpen(message)) return false;
    const order = message.qos === 1 ? this.#qos1 : this.#qos2;
    if (!order.settle(message.place, reasonCode)) return false;
    if (message.qos === 2 && reasonCode < 0x80) {
      const received = this.#state.received.get(message.packetId);
      if (received !== undefined) received.stage = Received.acknowledged;
    }
    this.#options.onWork();
    return true;
  }

  /** Whether its connection still waits for an answer, or has had one. */
  #isOpen(message: ReceivedPublish): boolean {
    return message.qos > 0 && message.epoch === this.#epoch && this.#connected;
  }

  get owesAcks(): boolean {
    return this.#qos1.hasAnswer || this.#qos2.hasAnswer;
  }

  /** Sends what may leave now, PUBACK and PUBREC each in the order of arrival [MQTT-4.6.0-2, MQTT-4.6.0-3]. */
  drainAcks(send: AckSender): void {
    this.#qos1.drain(PacketType.puback, send);
    this.#qos2.drain(PacketType.pubrec, send);
  }

  /** A PUBREC has left. With a reason of 0x80 or above the exchange is over and its identifier new [MQTT-4.3.3-9]. */
  pubrecLeft(packetId: number, reasonCode: number): void {
    const message = this.#state.received.get(packetId);
    if (reasonCode >= 0x80 && message !== undefined) this.#forget(packetId, message);
  }

  #forget(packetId: number, message: ReceivedMessage): void {
    this.#state.dropReceived(packetId);
    if (message.open) this.#openQoS2--;
  }

  /** Whether the application has to see it: every QoS 1 message, and the first with its identifier of QoS 2. */
  #isNew(qos: number, packetId: number): boolean {
    const message = qos === 2 ? this.#state.received.get(packetId) : undefined;
    if (message?.open === true) {
      if (message.stage === Received.acknowledged) this.#qos2.arrivedSettled(packetId, 0);
      return false;
    }
    if (this.#qos1.size + this.#openQoS2 >= this.#receiveMaximum) {
      const most = this.#receiveMaximum;
      throw violation(ReasonCode.receiveMaximumExceeded, '3.3.4', `The broker exceeds the Receive Maximum of ${most}`);
    }
    if (message === undefined) return true;
    message.open = true;
    message.stage = Received.acknowledged;
    this.#openQoS2++;
    this.#qos2.arrivedSettled(packetId, 0);
    return false;
  }

  #qos2Arrived(packetId: number, stage: 0 | 2): void {
    const { received } = this.#state;
    if (received.size >= this.#options.inboundQoS2Max) {
      throw violation(ReasonCode.quotaExceeded, '4.3.3', `${received.size} QoS 2 messages wait for their PUBREL`);
    }
    this.#state.keepReceived(packetId, { stage, open: true });
    this.#openQoS2++;
    if (stage === Received.arrived) this.#qos2.arrived(packetId);
    else this.#qos2.arrivedSettled(packetId, 0);
  }

  /** Notes or looks up an alias (section 3.3.2.3.4); the topic, where the packet itself has none. */
  #resolve(layout: PublishLayout, reader: Reader): string | undefined {
    const { topicAlias, topicStart, topicEnd } = layout;
    const most = this.#options.topicAliasMaximum;
    if (topicAlias > most) {
      throw violation(
        ReasonCode.topicAliasInvalid,
        '3.3.2.3.4',
        `Topic alias ${topicAlias} is above our maximum of ${most}`,
      );
    }
    if (topicEnd > topicStart) {
      this.#topics[topicAlias] = readUtf8(reader.bytes, topicStart, topicEnd);
      return undefined;
    }
    const topic = this.#topics[topicAlias];
    if (topic === undefined) throw protocolError('3.3.2.3.4', `Topic alias ${topicAlias} stands for no topic yet`);
    return topic;
  }

  /** The topic of the message at `start`, where it came under an alias alone. */
  #topicAt(start: number): string | undefined {
    if (this.#aliasedTopics.length === 0) return undefined;
    const { bytes } = this.#rx;
    let position = start + 1;
    while (bytes[position]! > 0x7f) position++;
    if (bytes[position + 1] !== 0 || bytes[position + 2] !== 0) return undefined;
    const topic = this.#aliasedTopics[this.#aliasedClaimed++];
    if (this.#aliasedClaimed === this.#aliasedTopics.length) {
      this.#aliasedTopics = [];
      this.#aliasedClaimed = 0;
    }
    return topic;
  }

  #claimPlace(start: number): number {
    const qos = (this.#rx.bytes[start]! >> 1) & 3;
    if (qos === 0 || !this.#connected) return -1;
    return (qos === 1 ? this.#qos1 : this.#qos2).claim();
  }

  #handed(message: ReceivedPublish): void {
    this.#last = message;
    if (message.qos !== 2 || this.#options.manualAck) return;
    const received = this.#state.received.get(message.packetId);
    if (received?.stage === Received.arrived) received.stage = Received.handed;
  }
}

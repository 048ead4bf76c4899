import type { QoS, ReasonCode } from '@minimq/core/codec';
import type { BrokerCounts } from './counts.ts';
import { Fifo } from './fifo.ts';
import { messageBytes, type Delivery } from './message.ts';
import { protocolError } from './violation.ts';

/** How much may wait for one client. */
export interface QueueBounds {
  readonly queuedMessagesMax: number;
  readonly queuedBytesMax: number;
  readonly qos0QueuedBytesMax: number;
}

/** The way to the client, as long as there is one. */
export interface DeliveryWriter {
  /** Whether the batch that leaves next takes another packet. */
  readonly hasRoom: boolean;
  /** The client's. */
  readonly receiveMaximum: number;
  /** Bytes that were put into batches so far. */
  readonly encodedBytes: number;
  /** Whether its expiry interval has passed. */
  isExpired(delivery: Delivery): boolean;
  /** False where the client does not take packets as large as this one. `packetId` 0: of QoS 0. */
  writePublish(delivery: Delivery, packetId: number, dup: boolean): boolean;
  writePubrel(packetId: number, reasonCode: ReasonCode): void;
}

interface Waiting {
  readonly delivery: Delivery;
  /** Messages leave in the order in which they came, except that those of QoS 0 wait for no quota. */
  readonly order: number;
}

/** A PUBLISH of QoS 1 or 2 that has not been answered. */
interface Open {
  readonly delivery: Delivery;
  /** Where it begins among the bytes of its connection. */
  atByte: number;
  /** Whether the transport was given any of it. */
  wasSent: boolean;
  /** Whether it holds a place in the quota of the present connection. */
  isCounted: boolean;
}

const PACKET_ID_MAX = 65_535;

/**
 * The messages on their way to one client, and the part of the session state that belongs to them (section 4.1): queued
 * -> open (PUBLISH sent) -> released (PUBREL sent, QoS 2 only) -> gone. What is open or released survives the connection
 * and is sent again, in order and before anything new, on the next one.
 */
export class Outbound {
  readonly #bounds: QueueBounds;
  readonly #counts: BrokerCounts;
  readonly #queue = new Fifo<Waiting>();
  readonly #qos0Queue = new Fifo<Waiting>();
  readonly #open = new Map<number, Open>();
  readonly #released = new Set<number>();
  readonly #resendPubrels = new Fifo<number>();
  readonly #resendPublishes = new Fifo<readonly [number, Open]>();
  #queuedBytes = 0;
  #qos0QueuedBytes = 0;
  #openCount = 0;
  #order = 0;
  #lastPacketId = 0;

  constructor(bounds: QueueBounds, counts: BrokerCounts) {
    this.#bounds = bounds;
    this.#counts = counts;
  }

  get queuedCount(): number {
    return this.#queue.length;
  }

  /** Exchanges that the client has not finished. */
  get openCount(): number {
    return this.#open.size + this.#released.size;
  }

  /** Queues a copy, or drops and counts it where its queue is full. */
  add(delivery: Delivery): void {
    this.#order += 1;
    const waiting = { delivery, order: this.#order };
    const bytes = messageBytes(delivery.message);
    const { queuedMessagesMax, queuedBytesMax, qos0QueuedBytesMax } = this.#bounds;
    if (delivery.qos === 0) {
      if (this.#qos0QueuedBytes >= qos0QueuedBytesMax) {
        this.#counts.messagesDroppedSlow += 1;
        return;
      }
      this.#qos0Queue.push(waiting);
      this.#qos0QueuedBytes += bytes;
    } else if (this.#queue.length >= queuedMessagesMax || this.#queuedBytes >= queuedBytesMax) {
      this.#counts.messagesDroppedQueueFull += 1;
    } else {
      this.#queue.push(waiting);
      this.#queuedBytes += bytes;
    }
  }

  /** A connection has resumed the session. */
  attach(): void {
    for (const packetId of this.#released) this.#resendPubrels.push(packetId);
    for (const entry of this.#open) this.#resendPublishes.push(entry);
  }

  /** The connection is gone, after its transport took `handedBytes`: what is of this connection alone goes with it. */
  detach(handedBytes: number): void {
    for (const open of this.#open.values()) {
      if (open.isCounted) open.wasSent ||= open.atByte < handedBytes;
      open.isCounted = false;
    }
    this.#openCount = 0;
    this.#resendPubrels.clear();
    this.#resendPublishes.clear();
    this.#qos0Queue.clear();
    this.#qos0QueuedBytes = 0;
  }

  /** Writes what may leave now; returns whether something was left for want of room. */
  fill(writer: DeliveryWriter): boolean {
    while (writer.hasRoom) if (!this.#writeNext(writer)) return false;
    return true;
  }

  puback(packetId: number): void {
    this.#expect(packetId, 1, 'PUBACK');
    this.#close(packetId);
  }

  /** Returns whether the exchange is known. A refusal ends it; otherwise a PUBREL has to follow. */
  pubrec(packetId: number, isRefusal: boolean): boolean {
    if (this.#released.has(packetId)) return true;
    this.#expect(packetId, 2, 'PUBREC');
    if (!this.#close(packetId)) return false;
    if (!isRefusal) this.#released.add(packetId);
    return true;
  }

  pubcomp(packetId: number): void {
    if (this.#open.has(packetId)) throw protocolError('4.3.3', `PUBCOMP ${packetId} answers a PUBLISH`);
    this.#released.delete(packetId);
  }

  #writeNext(writer: DeliveryWriter): boolean {
    const pubrel = this.#resendPubrels.shift();
    if (pubrel !== undefined) {
      if (this.#released.has(pubrel)) writer.writePubrel(pubrel, 0);
      return true;
    }
    const hasQuota = this.#openCount + this.#released.size < writer.receiveMaximum;
    if (this.#resendPublishes.length > 0) {
      return hasQuota ? this.#resendNext(writer) : this.#writeQoS0(writer);
    }
    const next = this.#queue.peek();
    const isFirst = next !== undefined && next.order < (this.#qos0Queue.peek()?.order ?? Number.POSITIVE_INFINITY);
    return isFirst && hasQuota
      ? this.#writeQueued(writer)
      : this.#writeQoS0(writer) || (hasQuota && this.#writeQueued(writer));
  }

  #resendNext(writer: DeliveryWriter): boolean {
    const [packetId, open] = this.#resendPublishes.shift()!;
    if (this.#open.get(packetId) !== open) return true;
    // Begun once, a delivery does not expire any more [MQTT-4.3.3-7].
    open.atByte = writer.encodedBytes;
    if (writer.writePublish(open.delivery, packetId, open.wasSent)) this.#count(open);
    else this.#open.delete(packetId);
    return true;
  }

  #writeQueued(writer: DeliveryWriter): boolean {
    const waiting = this.#queue.shift();
    if (waiting === undefined) return false;
    const { delivery } = waiting;
    this.#queuedBytes -= messageBytes(delivery.message);
    if (writer.isExpired(delivery)) return true;
    const packetId = this.#freePacketId();
    const open: Open = { delivery, atByte: writer.encodedBytes, wasSent: false, isCounted: false };
    if (!writer.writePublish(delivery, packetId, false)) return true;
    this.#lastPacketId = packetId;
    this.#open.set(packetId, open);
    this.#count(open);
    return true;
  }

  #writeQoS0(writer: DeliveryWriter): boolean {
    const waiting = this.#qos0Queue.shift();
    if (waiting === undefined) return false;
    this.#qos0QueuedBytes -= messageBytes(waiting.delivery.message);
    if (!writer.isExpired(waiting.delivery)) writer.writePublish(waiting.delivery, 0, false);
    return true;
  }

  #count(open: Open): void {
    open.isCounted = true;
    this.#openCount += 1;
  }

  #close(packetId: number): boolean {
    const open = this.#open.get(packetId);
    if (open === undefined) return false;
    if (open.isCounted) this.#openCount -= 1;
    return this.#open.delete(packetId);
  }

  #expect(packetId: number, qos: QoS, answer: string): void {
    const actual = this.#released.has(packetId) ? 2 : this.#open.get(packetId)?.delivery.qos;
    if (actual !== undefined && actual !== qos) {
      throw protocolError('4.3', `${answer} ${packetId} answers a PUBLISH of QoS ${actual}`);
    }
  }

  /** There is one: fewer exchanges are open than the quota allows, and that is 65,535 at most. */
  #freePacketId(): number {
    let packetId = this.#lastPacketId;
    do packetId = packetId === PACKET_ID_MAX ? 1 : packetId + 1;
    while (this.#open.has(packetId) || this.#released.has(packetId));
    return packetId;
  }
}

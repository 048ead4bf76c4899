import { SERVER } from '../codec/place.ts';
import type { PublishProperties } from '../codec/properties.ts';
import { DUP_FLAG } from '../codec/publish.ts';
import { readPublishTopic } from '../codec/publish-topic.ts';
import type { QoS } from '../codec/qos.ts';
import { readProperties } from '../codec/read-properties.ts';
import { Reader } from '../codec/reader.ts';
import type { ReasonCode } from '../codec/reason-code.ts';
import { decoder } from '../codec/utf8.ts';
import { InvalidRequestError } from '../errors.ts';
import type { Payload, Publication } from './publication.ts';

/** Who handed a message out: knows which view is still good, and takes acknowledgements. */
export interface MessageSource {
  /** The message whose bytes are still in place. */
  readonly inHand: InboundPublish | null;
  acknowledge(message: ReceivedPublish, reasonCode: ReasonCode): boolean;
}

/** Where the answer to a request goes. */
export interface ResponseTarget {
  /** The Response Topic of the request. */
  readonly topic: string;
  /** To be sent with the answer; undefined: the request had none. */
  readonly correlationData: Uint8Array | undefined;
}

/** What is read from a message with the first use of any of it. */
interface Decoded {
  readonly subscriptionIdentifiers: readonly number[];
  readonly properties: PublishProperties;
}

const reader: Reader = /* @__PURE__ */ new Reader(SERVER);

/** A received message, with all that MQTT says about it. */
export abstract class ReceivedPublish {
  /** On the connection that it came on; 0: QoS 0. */
  readonly packetId: number;
  /** For the source: the connection that it came on, and its place in the order of answers there. */
  readonly epoch: number;
  readonly place: number;
  protected readonly source: MessageSource;
  /** What holds the packet, from `start` to `end`. */
  protected readonly bytes: Uint8Array<ArrayBuffer>;
  protected readonly start: number;
  protected readonly end: number;
  readonly #first: number;
  readonly #topicStart: number;
  readonly #payloadStart: number;
  #topic: string | undefined;
  #decoded: Decoded | undefined;

  /** Reads the PUBLISH from `start` to `end`, which has been checked. `topic`: where an alias stands for it. */
  constructor(
    source: MessageSource,
    bytes: Uint8Array<ArrayBuffer>,
    start: number,
    end: number,
    topic: string | undefined,
    epoch: number,
    place: number,
  ) {
    reader.open(bytes, start, end);
    const { first } = reader;
    const topicStart = reader.skipField();
    this.packetId = (first & 0x06) === 0 ? 0 : reader.u16();
    reader.skip(reader.varint());
    this.source = source;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.epoch = epoch;
    this.place = place;
    this.#first = first;
    this.#topicStart = topicStart;
    this.#payloadStart = reader.position;
    this.#topic = topic;
    this.#decoded = undefined;
  }

  get qos(): QoS {
    return ((this.#first >> 1) & 3) as QoS;
  }

  /** Whether the broker had kept it from before the subscription. */
  get retain(): boolean {
    return (this.#first & 1) !== 0;
  }

  /** Whether the broker may have sent it before. */
  get dup(): boolean {
    return (this.#first & DUP_FLAG) !== 0;
  }

  get payloadLength(): number {
    return this.end - this.#payloadStart;
  }

  get topic(): string {
    this.check();
    this.#topic ??= readPublishTopic(this.bytes, this.#topicStart, this.#topicEnd);
    return this.#topic;
  }

  /**
   * A window on received bytes: of a view, it shows other bytes once the view has expired. Copy what is to be kept, or
   * use `toOwned()`.
   */
  get payload(): Uint8Array<ArrayBuffer> {
    this.check();
    return this.bytes.subarray(this.#payloadStart, this.end);
  }

  /** The payload as UTF-8 text; U+FFFD stands for what is none. */
  text(): string {
    this.check();
    return decoder.decode(this.bytes.subarray(this.#payloadStart, this.end));
  }

  /** The identifiers of the subscriptions that brought the message, in no particular order. */
  get subscriptionIdentifiers(): readonly number[] {
    return this.#decode().subscriptionIdentifiers;
  }

  /** The properties that belong to the message, as `publish()` takes them; decoded once, and lasting. */
  get properties(): PublishProperties {
    return this.#decode().properties;
  }

  /** Where the sender wants its answer; `undefined`: it asked for none. Copies that outlast the view. */
  responseTarget(): ResponseTarget | undefined {
    const { responseTopic, correlationData } = this.properties;
    return responseTopic === undefined ? undefined : { topic: responseTopic, correlationData };
  }

  /**
   * A publication that answers this request, to be given to `publish()`. Throws an `InvalidRequestError` where the
   * message has no response topic.
   */
  reply(payload: Payload, options?: Omit<Publication, 'topic' | 'payload'>): Publication {
    const target = this.responseTarget();
    if (target === undefined) {
      throw new InvalidRequestError('invalid-argument', 'The message has no response topic: nobody waits for a reply');
    }
    const { correlationData } = target;
    return { ...options, topic: target.topic, payload, properties: { correlationData, ...options?.properties } };
  }

  /**
   * Acknowledges the message with `reasonCode`: default success; 0x80 and above refuse it, with one of 0x80, 0x83, 0x87,
   * 0x90, 0x91, 0x97, 0x99. Returns false, and does nothing, where it was acknowledged before, is QoS 0, or came on an
   * earlier connection. Works on views, expired views and owned copies alike. Sections 3.4 and 3.5.
   */
  ack(reasonCode: ReasonCode = 0): boolean {
    return this.source.acknowledge(this, reasonCode);
  }

  /** Throws where the bytes are no longer the message's. */
  protected abstract check(): void;

  get #topicEnd(): number {
    const { bytes } = this;
    return this.#topicStart + ((bytes[this.#topicStart - 2]! << 8) | bytes[this.#topicStart - 1]!);
  }

  #decode(): Decoded {
    this.check();
    if (this.#decoded === undefined) {
      reader.bytes = this.bytes;
      reader.position = this.#topicEnd + (this.packetId === 0 ? 0 : 2);
      reader.end = this.end;
      // The alias belongs to the connection, the identifiers to the subscription: neither can be published on.
      const { subscriptionIdentifiers = [], topicAlias: _topicAlias, ...properties } = readProperties(reader);
      this.#decoded = { subscriptionIdentifiers, properties: properties as PublishProperties };
    }
    return this.#decoded;
  }
}

/** A received message in memory of its own: lasts as long as anyone keeps it. */
export class OwnedPublish extends ReceivedPublish {
  protected override check(): void {}
}

/**
 * A view of a received message, in place in `rx`: good until the next `recv()`, `poll()` or `drive()`. Then its getters
 * throw an `InvalidRequestError` (`stale-view`).
 */
export class InboundPublish extends ReceivedPublish {
  /** A copy that lasts. */
  toOwned(): OwnedPublish {
    this.check();
    const copy = this.bytes.slice(this.start, this.end);
    return new OwnedPublish(this.source, copy, 0, copy.length, this.topic, this.epoch, this.place);
  }

  protected override check(): void {
    if (this.source.inHand !== this) {
      throw new InvalidRequestError('stale-view', 'A view ends with the next recv(), poll() or drive(): use toOwned()');
    }
  }
}

import { decodePacket, encodePacket, packetLength, type Packet } from '@minimq/core/codec';
import {
  FEATURES,
  sessionUnderTest,
  type ClientUnderTest,
  type Explanation,
  type Feature,
} from '@minimq/testkit/conformance';
import { FaultyIo, type Change } from '../faults/faulty-io.ts';

/** What is said too much: nothing, or this whether it fits or not. */
export type TooMuch = 'nothing' | keyof Explanation;

/** Our session with what it lacks: it explains refusals and re-authentications, on their way to the broker. */
export function explainingClient(tooMuch: TooMuch): ClientUnderTest {
  const session = sessionUnderTest();
  return {
    ...session,
    features: Object.keys(FEATURES) as Feature[],
    create(context) {
      const explainer = new Explainer(tooMuch);
      const open = context.open!;
      const client = session.create({
        ...context,
        open: () => new FaultyIo(open(), explainer),
        deliver: (message) =>
          context.deliver({
            ...message,
            ack(reasonCode, properties) {
              explainer.explanation = properties;
              message.ack?.(reasonCode);
            },
          }),
      });
      return {
        connect: (request) => client.connect(request),
        publish: (publication) => client.publish(publication),
        subscribe: (subscriptions, properties) => client.subscribe(subscriptions, properties),
        unsubscribe: (topicFilters, properties) => client.unsubscribe(topicFilters, properties),
        disconnect: (request) => client.disconnect(request),
        reauthenticate({ properties } = {}) {
          explainer.explanation = properties;
          return client.reauthenticate();
        },
        closed: () => client.closed(),
        stop: () => client.stop(),
      };
    },
  };
}

/** Puts an explanation into the next packet that can have one. */
class Explainer {
  explanation: Explanation | undefined;
  readonly #tooMuch: TooMuch;
  #maximumPacketSize = Number.POSITIVE_INFINITY;

  constructor(tooMuch: TooMuch) {
    this.#tooMuch = tooMuch;
  }

  readonly received: Change = (bytes) => {
    if (bytes[0] === 0x20) {
      const connack = decodePacket(bytes, 'server');
      if (connack.type === 'connack') this.#maximumPacketSize = connack.properties?.maximumPacketSize ?? Infinity;
    }
    return [bytes];
  };

  readonly sent: Change = (bytes) => {
    if (this.explanation === undefined || ![0x40, 0x50, 0xf0].includes(bytes[0]!)) return [bytes];
    const { reasonString, userProperties } = this.explanation;
    this.explanation = undefined;
    return [this.#with({ userProperties }, this.#with({ reasonString }, bytes))];
  };

  /** The packet with this property, where there is room for it, or where there need not be. */
  #with(property: Explanation, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const [[name, value]] = Object.entries(property) as [[keyof Explanation, unknown]];
    if (value === undefined) return bytes;
    const packet = decodePacket(bytes, 'client') as Packet & { readonly properties?: object };
    const explained = { ...packet, properties: { ...packet.properties, ...property } } as Packet;
    const length = packetLength(explained, 'client');
    if (length > this.#maximumPacketSize && name !== this.#tooMuch) return bytes;
    const target = new Uint8Array(length);
    encodePacket(explained, 'client', target);
    return target;
  }
}

import { Frames } from '../wire/frames.ts';
import {
  CONNECT,
  connackPacket,
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  SUBACK,
  SUBSCRIBE,
  UNSUBACK,
  UNSUBSCRIBE,
} from '../wire/packets.ts';
import type { Wire } from '../wire/wire.ts';
import { AckWriter } from './ack-writer.ts';
import { Flood } from './flood.ts';
import type { PeerSettings } from './settings.ts';

/** One connection of the peer: counts, acknowledges, floods or echoes, and nothing else. */
export class Connection {
  messagesIn = 0;
  readonly #settings: PeerSettings;
  readonly #isFirst: boolean;
  readonly #wire: Wire;
  readonly #frames: Frames;
  readonly #acks: AckWriter;
  readonly #flood: Flood | null;
  #isEchoing = false;
  #subscriptions = 0;

  constructor(settings: PeerSettings, wire: Wire, isFirst: boolean) {
    this.#settings = settings;
    this.#isFirst = isFirst;
    this.#wire = wire;
    this.#frames = new Frames((first, packetId) => this.#onFrame(first, packetId));
    this.#acks = new AckWriter(wire);
    this.#flood = settings.flood === undefined ? null : new Flood(settings.flood, wire, this.#acks);
    wire.onBytes = (bytes) => this.#onBytes(bytes);
    wire.onClose = () => this.#flood?.stop();
  }

  get messagesOut(): number {
    return this.#flood?.sentCount ?? 0;
  }

  close(): void {
    this.#wire.close();
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#isEchoing) {
      this.messagesIn++;
      // A copy, since the bytes are lent for this call.
      this.#wire.send(Buffer.from(bytes));
      return;
    }
    this.#frames.take(bytes);
    this.#acks.send();
    this.#flood?.send();
  }

  #onFrame(first: number, packetId: number): void {
    if ((first & 0xf0) === PUBLISH) this.#onPublish((first & 0x06) >> 1, packetId);
    else if (first === PUBREL) this.#acks.put(PUBCOMP, packetId);
    else if (first === PUBACK || first === PUBREC || first === PUBCOMP) this.#flood?.acknowledged(first, packetId);
    else this.#onControl(first, packetId);
  }

  #onPublish(qos: number, packetId: number): void {
    this.messagesIn++;
    const { cutAfterMessages } = this.#settings;
    if (cutAfterMessages !== undefined && this.#isFirst) {
      if (this.messagesIn === cutAfterMessages) this.#wire.close();
    } else if (qos > 0) this.#acks.put(qos === 1 ? PUBACK : PUBREC, packetId);
  }

  #onControl(first: number, packetId: number): void {
    const id = [packetId >> 8, packetId & 0xff];
    switch (first) {
      case CONNECT: {
        const sessionPresent = this.#settings.cutAfterMessages !== undefined && !this.#isFirst;
        this.#wire.send(connackPacket(this.#settings.receiveMaximum, sessionPresent));
        this.#isEchoing = this.#settings.echoes ?? false;
        return;
      }
      case SUBSCRIBE:
        this.#wire.send(Buffer.from([SUBACK, 4, ...id, 0, 2]));
        this.#subscriptions++;
        if (this.#subscriptions === (this.#settings.flood?.afterSubscriptions ?? 1)) this.#flood?.start();
        return;
      case UNSUBSCRIBE:
        this.#wire.send(Buffer.from([UNSUBACK, 4, ...id, 0, 0]));
        return;
      case PINGREQ:
        this.#wire.send(Buffer.from([PINGRESP, 0]));
        return;
      case DISCONNECT:
        this.#wire.close();
        return;
      default:
        throw new Error(`The peer does not know what to do with a packet that begins with ${first}`);
    }
  }
}

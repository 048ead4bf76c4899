import { PUBACK, PUBCOMP, PUBREC, PUBREL } from '../wire/packets.ts';
import { publishRing, type PacketRing } from '../wire/packet-ring.ts';
import type { Wire } from '../wire/wire.ts';
import type { AckWriter } from './ack-writer.ts';
import type { FloodSettings } from './settings.ts';

/** A QoS 0 flood writes as many messages at once as make about this many bytes. */
const CHUNK_BYTES = 512 * 1024;

/** Sends pre-encoded messages as fast as the other side takes them. */
export class Flood {
  sentCount = 0;
  readonly #settings: FloodSettings;
  readonly #wire: Wire;
  readonly #acks: AckWriter;
  readonly #ring: PacketRing;
  /** The messages that may be sent. */
  #credit = 0;
  #isOpen = false;

  constructor(settings: FloodSettings, wire: Wire, acks: AckWriter) {
    this.#settings = settings;
    this.#wire = wire;
    this.#acks = acks;
    const { qos, payloadBytes, inFlight } = settings;
    const count = qos === 0 ? Math.ceil(CHUNK_BYTES / (payloadBytes + 32)) : inFlight;
    this.#ring = publishRing(qos, payloadBytes, count);
  }

  start(): void {
    this.#isOpen = true;
    if (this.#settings.qos === 0) this.#pour();
    else {
      this.#credit = this.#ring.count;
      this.send();
    }
  }

  stop(): void {
    this.#isOpen = false;
  }

  /** What the client said to a message. */
  acknowledged(first: number, packetId: number): void {
    if (first === PUBREC) this.#acks.put(PUBREL, packetId);
    else if (first === PUBACK || first === PUBCOMP) this.#credit++;
  }

  /** Sends what has become possible, with one write. */
  send(): void {
    if (this.#credit === 0) return;
    this.#wire.send(this.#ring.take(this.#credit));
    this.sentCount += this.#credit;
    this.#credit = 0;
  }

  #pour(): void {
    if (!this.#isOpen) return;
    this.#wire.send(this.#ring.take(this.#ring.count), () => {
      this.sentCount += this.#ring.count;
      // A turn of the event loop, so that the end of the connection is noticed.
      setImmediate(() => this.#pour());
    });
  }
}

import { LinkedList } from './linked-list.ts';
import type { Operation, Request } from './operation.ts';
import { PacketIds } from './packet-ids.ts';

/** An identifier that the broker may still connect with a message that will never be sent again. */
export const RETIRED = 'retired';

/** How far a received QoS 2 message has come (section 4.3.3). */
export const Received = {
  /** It waits in rx, or for the application's acknowledgement by hand. Nothing of it outlasts the connection. */
  arrived: 0,
  /** The application was given it: a repeat is not handed over again. */
  handed: 1,
  /** It was acknowledged, and PUBREL is awaited. */
  acknowledged: 2,
} as const;

export interface ReceivedMessage {
  stage: 0 | 1 | 2;
  /** Whether it holds a slot of the Receive Maximum on the present connection. */
  open: boolean;
}

const NONE: ReadonlyMap<number, ReceivedMessage> = /* @__PURE__ */ new Map();

/**
 * The client's half of an MQTT session (section 4.1): what outlives a connection. Everything durable changes through
 * this object, so that whoever keeps a record of it has one place to watch.
 */
export class SessionState {
  clientId: string;
  /** Whether the broker may hold the other half. */
  exists = false;
  /** Seconds that it outlives its connection, as agreed last. */
  expiryInterval = 0;
  /** Every identifier in use, whichever kind of packet holds it. */
  readonly packetIds: PacketIds<Operation | Request | typeof RETIRED> = new PacketIds();
  /** Publishes without PUBACK or PUBREC, in the order of their acceptance. */
  readonly publishing: LinkedList<Operation> = new LinkedList();
  /** Publishes without PUBCOMP, in the order of their PUBRECs. */
  readonly releasing: LinkedList<Operation> = new LinkedList();
  /** Made with the first. */
  #received: Map<number, ReceivedMessage> | null = null;

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  /** Received QoS 2 messages by identifier, until their PUBREL. */
  get received(): ReadonlyMap<number, ReceivedMessage> {
    return this.#received ?? NONE;
  }

  /** A QoS 2 message arrived, or was restored. */
  keepReceived(packetId: number, message: ReceivedMessage): void {
    (this.#received ??= new Map()).set(packetId, message);
  }

  /** Its exchange is over. */
  dropReceived(packetId: number): void {
    this.#received?.delete(packetId);
  }

  /** A QoS 1 or 2 publish was accepted. */
  accepted(operation: Operation): void {
    this.publishing.push(operation);
  }

  /** Its PUBREC arrived. */
  released(operation: Operation): void {
    this.publishing.remove(operation);
    operation.stage = 'release';
    this.releasing.push(operation);
  }

  /** It came to its end. `retire`: its identifier may not be used again in this session. */
  settled(operation: Operation, retire = false): void {
    (operation.stage === 'publish' ? this.publishing : this.releasing).remove(operation);
    this.packetIds.free(operation.packetId);
    if (retire) this.packetIds.hold(operation.packetId, RETIRED);
  }

  /** The broker's half is gone: what was received, and every retired identifier, means nothing any more. */
  forget(): void {
    this.exists = false;
    this.#received = null;
    for (const packetId of this.packetIds.heldBy(RETIRED)) this.packetIds.free(packetId);
  }
}

import type { BrokerCounts } from './counts.ts';
import type { Delivery, Message } from './message.ts';
import { Outbound, type QueueBounds } from './outbound.ts';
import type { Alarm } from './schedule.ts';
import type { Granted, Subscriber } from './subscription.ts';

/** A will, until it is published or dropped. */
export interface PendingWill {
  /** Its `receivedAtMs` is set when it is published. */
  readonly message: Message;
  readonly delaySeconds: number;
}

/** The connection that serves a session. */
export interface SessionLink {
  /** There is something to send. */
  wake(): void;
  /** Another connection of the same client takes its place [MQTT-3.1.4-3]. */
  takeOver(): void;
}

/** The state of one client (section 4.1), which outlives its connections. */
export class Session implements Subscriber {
  readonly clientId: string;
  readonly outbound: Outbound;
  /** By topic filter. */
  readonly subscriptions: Map<string, Granted> = new Map();
  /** The identifiers of QoS 2 messages received whose PUBREL has not come. */
  readonly received: Set<number> = new Set();
  /** Seconds. */
  sessionExpiryInterval = 0;
  link: SessionLink | undefined;
  will: PendingWill | undefined;
  willAlarm: Alarm | undefined;
  expiryAlarm: Alarm | undefined;

  constructor(clientId: string, bounds: QueueBounds, counts: BrokerCounts) {
    this.clientId = clientId;
    this.outbound = new Outbound(bounds, counts);
  }

  get isConnected(): boolean {
    return this.link !== undefined;
  }

  /** What is QoS 0 does not wait for a client that is away. */
  deliver(delivery: Delivery): void {
    if (delivery.qos === 0 && this.link === undefined) return;
    this.outbound.add(delivery);
    this.link?.wake();
  }
}

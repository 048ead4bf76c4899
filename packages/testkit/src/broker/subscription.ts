import type { QoS } from '@minimq/core/codec';
import type { Delivery } from './message.ts';

/** Whoever holds subscriptions: a session. */
export interface Subscriber {
  readonly clientId: string;
  readonly isConnected: boolean;
  deliver(delivery: Delivery): void;
}

/** A subscription as it was granted. */
export interface Granted {
  readonly subscriber: Subscriber;
  readonly topicFilter: string;
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifier: number | undefined;
}

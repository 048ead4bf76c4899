import type { Clock } from '@minimq/core';
import { newCounts, type BrokerCounts } from './counts.ts';
import type { Message } from './message.ts';
import type { Settings } from './options.ts';
import { RetainedStore } from './retained-store.ts';
import { Schedule } from './schedule.ts';
import { SessionStore } from './session-store.ts';
import { SubscriptionTable } from './subscriptions.ts';

/** What all connections of a broker share. */
export class Hub {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly counts: BrokerCounts = newCounts();
  readonly retained: RetainedStore = new RetainedStore();
  readonly subscriptions: SubscriptionTable = new SubscriptionTable();
  readonly sessions: SessionStore;
  /** All connections that there ever were. */
  connectionCount = 0;

  constructor(settings: Settings) {
    this.settings = settings;
    this.clock = settings.clock;
    this.schedule = new Schedule(settings.clock);
    const { clock, schedule, counts, subscriptions } = this;
    const { queuedMessagesMax, queuedBytesMax, qos0QueuedBytesMax } = settings;
    this.sessions = new SessionStore({
      clock,
      schedule,
      counts,
      subscriptions,
      queuedMessagesMax,
      queuedBytesMax,
      qos0QueuedBytesMax,
      publish: (message) => void this.publish(message),
    });
  }

  /** Routes a message; returns how many subscribers it is meant for. */
  publish(message: Message): number {
    if (message.retain) this.retained.set(message);
    return this.subscriptions.deliver(message);
  }
}

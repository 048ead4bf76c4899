import type { Clock } from '@minimq/core';
import type { BrokerCounts } from './counts.ts';
import type { Message } from './message.ts';
import type { QueueBounds } from './outbound.ts';
import type { Schedule } from './schedule.ts';
import { Session, type PendingWill, type SessionLink } from './session.ts';
import type { SubscriptionTable } from './subscriptions.ts';

/** The Session Expiry Interval that never ends. */
const NEVER_EXPIRES = 0xffff_ffff;

export interface SessionStoreParts extends QueueBounds {
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly counts: BrokerCounts;
  readonly subscriptions: SubscriptionTable;
  readonly publish: (message: Message) => void;
}

/** How a connection has left its session. */
export interface Leaving {
  /** Whether the will is to be published (section 3.14.4). */
  readonly withWill: boolean;
  /** Bytes that the transport took; what lies behind them was never sent. */
  readonly handedBytes: number;
}

/** All sessions by Client Identifier, and their life: opened, left, resumed, expired. Wills go with them. */
export class SessionStore {
  readonly #parts: SessionStoreParts;
  readonly #sessions = new Map<string, Session>();
  #assignedCount = 0;

  constructor(parts: SessionStoreParts) {
    this.#parts = parts;
  }

  get(clientId: string): Session | undefined {
    return this.#sessions.get(clientId);
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** A Client Identifier that no session has [MQTT-3.1.3-6]. */
  assignClientId(): string {
    for (;;) {
      this.#assignedCount += 1;
      const clientId = `assigned-${this.#assignedCount}`;
      if (!this.#sessions.has(clientId)) return clientId;
    }
  }

  /** Resumes the session of a client or begins one (section 3.1.2.4); its connection until now ends. */
  open(clientId: string, cleanStart: boolean): { readonly session: Session; readonly isPresent: boolean } {
    this.get(clientId)?.link?.takeOver();
    const old = this.get(clientId);
    if (old !== undefined && cleanStart) this.end(old);
    if (old !== undefined && !cleanStart) {
      this.#cancelAlarms(old);
      old.will = undefined;
      old.outbound.attach();
      return { session: old, isPresent: true };
    }
    const session = new Session(clientId, this.#parts, this.#parts.counts);
    this.#sessions.set(clientId, session);
    return { session, isPresent: false };
  }

  join(session: Session, link: SessionLink, sessionExpiryInterval: number, will: PendingWill | undefined): void {
    session.link = link;
    session.sessionExpiryInterval = sessionExpiryInterval;
    session.will = will;
  }

  leave(session: Session, { withWill, handedBytes }: Leaving): void {
    session.link = undefined;
    session.outbound.detach(handedBytes);
    if (!withWill) session.will = undefined;
    const { sessionExpiryInterval, will } = session;
    const { schedule } = this.#parts;
    if (sessionExpiryInterval === 0) {
      this.end(session);
      return;
    }
    if (sessionExpiryInterval !== NEVER_EXPIRES) {
      session.expiryAlarm = schedule.after(sessionExpiryInterval * 1000, () => this.end(session));
    }
    if (will === undefined) return;
    if (will.delaySeconds === 0) this.#publishWill(session);
    else session.willAlarm = schedule.after(will.delaySeconds * 1000, () => this.#publishWill(session));
  }

  /** Deletes the session; a will that was still held back is published with it [MQTT-3.1.2-8]. */
  end(session: Session): void {
    this.#cancelAlarms(session);
    if (this.get(session.clientId) === session) this.#sessions.delete(session.clientId);
    for (const granted of session.subscriptions.values()) this.#parts.subscriptions.remove(granted);
    this.#publishWill(session);
  }

  clear(): void {
    for (const session of this.#sessions.values()) {
      session.will = undefined;
      this.end(session);
    }
  }

  #publishWill(session: Session): void {
    const { will } = session;
    session.will = undefined;
    if (will !== undefined) this.#parts.publish({ ...will.message, receivedAtMs: this.#parts.clock.now() });
  }

  #cancelAlarms(session: Session): void {
    this.#parts.schedule.cancel(session.expiryAlarm);
    this.#parts.schedule.cancel(session.willAlarm);
    session.expiryAlarm = undefined;
    session.willAlarm = undefined;
  }
}

import {
  hasWildcard,
  isShared,
  QoS,
  ReasonCode,
  RetainHandling,
  type SubscribePacket,
  type Subscription,
  type UnsubscribePacket,
} from '@minimq/core/codec';
import type { Served } from './served-client.ts';
import type { Granted } from './subscription.ts';
import { violation } from './violation.ts';

/** Section 3.8.4: one reason code for each filter, then the retained messages. */
export function subscribe(client: Served, packet: SubscribePacket): void {
  const { connection, session } = client;
  const { packetId, subscriptions } = packet;
  for (const { topicFilter } of subscriptions) checkAvailable(client, topicFilter);
  const identifier = packet.properties?.subscriptionIdentifier;
  if (identifier !== undefined && !client.duties.subscriptionIdentifierAvailable) {
    const what = 'Subscription identifiers are not available';
    throw violation(ReasonCode.subscriptionIdentifiersNotSupported, '3.2.2.3.12', what);
  }
  const retained: (() => void)[] = [];
  const reasonCodes = subscriptions.map((subscription): ReasonCode => {
    if (session.received.has(packetId)) return ReasonCode.packetIdentifierInUse;
    const code = grantedCode(client, subscription);
    if (code >= 0x80) return code;
    const granted = add(client, subscription, code as QoS, identifier);
    if (granted !== undefined) retained.push(() => sendRetained(client, granted));
    return code;
  });
  connection.send({ type: 'suback', packetId, reasonCodes });
  for (const send of retained) send();
}

/** Section 3.10.4. */
export function unsubscribe({ connection, session, hub }: Served, packet: UnsubscribePacket): void {
  const { packetId, topicFilters } = packet;
  const reasonCodes = topicFilters.map((topicFilter): ReasonCode => {
    if (session.received.has(packetId)) return ReasonCode.packetIdentifierInUse;
    const granted = session.subscriptions.get(topicFilter);
    if (granted === undefined) return ReasonCode.noSubscriptionExisted;
    session.subscriptions.delete(topicFilter);
    hub.subscriptions.remove(granted);
    return ReasonCode.success;
  });
  connection.send({ type: 'unsuback', packetId, reasonCodes });
}

/** What the CONNACK has ruled out is an error of the client's. */
function checkAvailable({ duties }: Served, topicFilter: string): void {
  if (isShared(topicFilter) && !duties.sharedSubscriptionAvailable) {
    throw violation(ReasonCode.sharedSubscriptionsNotSupported, '3.2.2.3.13', 'Shared subscriptions are not available');
  }
  if (hasWildcard(topicFilter) && !duties.wildcardSubscriptionAvailable) {
    throw violation(ReasonCode.wildcardSubscriptionsNotSupported, '3.2.2.3.11', 'Wildcards are not available');
  }
}

/** 0 to 2: the QoS to grant, which is no more than the client may publish with. */
function grantedCode({ hub, session, connect, duties }: Served, subscription: Subscription): ReasonCode {
  const { clientId } = session;
  const code = hub.settings.hooks.authorizeSubscribe?.({ clientId, username: connect.username, subscription });
  if (code !== undefined && code >= 0x80) return code;
  return Math.min(subscription.qos ?? 0, duties.maximumQoS, code ?? QoS.exactlyOnce) as ReasonCode;
}

/** Adds a subscription, or replaces it; returns it where its retained messages are asked for. */
function add(
  { hub, session }: Served,
  subscription: Subscription,
  qos: QoS,
  identifier: number | undefined,
): Granted | undefined {
  const { topicFilter, noLocal = false, retainAsPublished = false, retainHandling } = subscription;
  const granted: Granted = { subscriber: session, topicFilter, qos, noLocal, retainAsPublished, identifier };
  const isNew = !session.subscriptions.has(topicFilter);
  session.subscriptions.set(topicFilter, granted);
  hub.subscriptions.add(granted);
  if (isShared(topicFilter) || retainHandling === RetainHandling.doNotSend) return undefined;
  return isNew || retainHandling !== RetainHandling.sendIfNew ? granted : undefined;
}

/** Section 3.3.1.3. */
function sendRetained({ hub }: Served, granted: Granted): void {
  const { subscriber, noLocal, identifier } = granted;
  for (const message of hub.retained.matching(granted.topicFilter, hub.clock.now())) {
    if (noLocal && message.publisher === subscriber.clientId) continue;
    subscriber.deliver({
      message,
      qos: message.qos < granted.qos ? message.qos : granted.qos,
      retain: true,
      subscriptionIdentifiers: identifier === undefined ? undefined : [identifier],
    });
  }
}

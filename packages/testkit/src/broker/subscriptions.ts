import { isShared, type QoS } from '@minimq/core/codec';
import type { Message } from './message.ts';
import { SharedGroup } from './shared-group.ts';
import type { Granted, Subscriber } from './subscription.ts';
import { TopicTree } from './topic-tree.ts';

/** Those who subscribe to one filter. */
interface FilterNode {
  readonly direct: Map<Subscriber, Granted>;
  readonly groups: Map<string, SharedGroup>;
}

/** All subscriptions of all sessions. */
export class SubscriptionTable {
  readonly #tree = new TopicTree<FilterNode>();

  /** Adds it, or puts it in the place of the one with the same filter [MQTT-3.8.4-3]. */
  add(granted: Granted): void {
    const { shareName, filter } = splitShared(granted.topicFilter);
    let node = this.#tree.get(filter);
    if (node === undefined) this.#tree.set(filter, (node = { direct: new Map(), groups: new Map() }));
    if (shareName === undefined) {
      node.direct.set(granted.subscriber, granted);
      return;
    }
    let group = node.groups.get(shareName);
    if (group === undefined) node.groups.set(shareName, (group = new SharedGroup()));
    group.add(granted);
  }

  remove({ subscriber, topicFilter }: Granted): void {
    const { shareName, filter } = splitShared(topicFilter);
    const node = this.#tree.get(filter);
    if (node === undefined) return;
    if (shareName === undefined) node.direct.delete(subscriber);
    else if (node.groups.get(shareName)?.remove(subscriber) === 0) node.groups.delete(shareName);
    if (node.direct.size === 0 && node.groups.size === 0) this.#tree.delete(filter);
  }

  /**
   * Gives the message to every subscriber once, and to one member of each shared subscription; returns to how many.
   */
  deliver(message: Message): number {
    const direct: Granted[] = [];
    const picked: Granted[] = [];
    for (const node of this.#tree.match(message.topic)) {
      for (const granted of node.direct.values()) {
        if (!(granted.noLocal && granted.subscriber.clientId === message.publisher)) direct.push(granted);
      }
      for (const group of node.groups.values()) picked.push(group.pick());
    }
    let count = picked.length;
    for (const overlapping of bySubscriber(direct)) {
      count += 1;
      deliverOne(message, overlapping);
    }
    for (const granted of picked) deliverOne(message, [granted]);
    return count;
  }
}

function bySubscriber(all: readonly Granted[]): Iterable<readonly Granted[]> {
  if (all.length < 2) return all.length === 0 ? [] : [all];
  const groups = new Map<Subscriber, Granted[]>();
  for (const granted of all) {
    const group = groups.get(granted.subscriber);
    if (group === undefined) groups.set(granted.subscriber, [granted]);
    else group.push(granted);
  }
  return groups.values();
}

/** One copy for all subscriptions of one subscriber that match [MQTT-3.3.4-2, MQTT-3.3.4-4]. */
function deliverOne(message: Message, overlapping: readonly Granted[]): void {
  let qos: QoS = 0;
  let retainAsPublished = false;
  let identifiers: number[] | undefined;
  for (const granted of overlapping) {
    if (granted.qos > qos) qos = granted.qos;
    retainAsPublished ||= granted.retainAsPublished;
    if (granted.identifier !== undefined) (identifiers ??= []).push(granted.identifier);
  }
  overlapping[0]!.subscriber.deliver({
    message,
    qos: message.qos < qos ? message.qos : qos,
    retain: message.retain && retainAsPublished,
    subscriptionIdentifiers: identifiers,
  });
}

/** `$share/NAME/FILTER` in its parts (section 4.8.2). */
function splitShared(topicFilter: string): { readonly shareName: string | undefined; readonly filter: string } {
  if (!isShared(topicFilter)) return { shareName: undefined, filter: topicFilter };
  const nameStart = topicFilter.indexOf('/') + 1;
  const nameEnd = topicFilter.indexOf('/', nameStart);
  return { shareName: topicFilter.slice(nameStart, nameEnd), filter: topicFilter.slice(nameEnd + 1) };
}

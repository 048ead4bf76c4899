import type { Sender } from '@minimq/core/codec';
import { connect } from '../packets/connecting.ts';
import { publish } from '../packets/publishing.ts';
import { subscribe, unsubscribe } from '../packets/subscribing.ts';
import type { VectorOfGroup } from '../vector.ts';
import { invalid, valid } from './make.ts';

// Section 4.7 and 4.8: what a topic name and a topic filter may be.

const SENDERS: readonly Sender[] = ['client', 'server'];

const GOOD_NAMES = ['a', '/', '//', 'a/', '/a', 'a//b', ' ', '$SYS/x', '$share/g/x', '$', 'A/b c/\u{e9}'];
const BAD_NAMES = ['#', '+', 'a/#', 'a/+', '+/a', 'a#b', 'a+b', '\u{e9}#'];
/** 0x90 says it, and the standard does not say that it has to be that one. */
const BAD_NAME_CODES = [0x90, 0x82, 0x81];

const GOOD_FILTERS = [
  'a',
  '#',
  '+',
  '/',
  '//',
  '+/+',
  '/#',
  '+/#',
  'a/#',
  'a/+/b',
  '+/a/+',
  '/+',
  '$SYS/#',
  '$share',
  '$shared/a',
  '$share/g/a',
  '$share/g/#',
  '$share/g/+/b',
  '$share/g//',
  '$share/g e/a',
];
const BAD_FILTERS: readonly (readonly [filter: string, rule: string])[] = [
  ['', 'MQTT-4.7.3-1'],
  ['a#', 'MQTT-4.7.1-1'],
  ['#a', 'MQTT-4.7.1-1'],
  ['##', 'MQTT-4.7.1-1'],
  ['#/', 'MQTT-4.7.1-1'],
  ['a/#/b', 'MQTT-4.7.1-1'],
  ['a/b#', 'MQTT-4.7.1-1'],
  ['+#', 'MQTT-4.7.1-1'],
  ['a+', 'MQTT-4.7.1-2'],
  ['+a', 'MQTT-4.7.1-2'],
  ['++', 'MQTT-4.7.1-2'],
  ['a/+b', 'MQTT-4.7.1-2'],
  ['a/b+/c', 'MQTT-4.7.1-2'],
  ['$share/', 'MQTT-4.8.2-1'],
  ['$share//', 'MQTT-4.8.2-1'],
  ['$share//a', 'MQTT-4.8.2-1'],
  ['$share/g', 'MQTT-4.8.2-2'],
  ['$share/g/', 'MQTT-4.8.2-2'],
  ['$share/+/a', 'MQTT-4.8.2-2'],
  ['$share/#/a', 'MQTT-4.8.2-2'],
  ['$share/g+/a', 'MQTT-4.8.2-2'],
  ['$share/#', 'MQTT-4.8.2-2'],
  ['$share/g/a#', 'MQTT-4.7.1-1'],
];
const BAD_FILTER_CODES = [0x8f, 0x82, 0x81];

export function* topics(): Iterable<VectorOfGroup> {
  for (const sender of SENDERS) yield* topicNames(sender);
  yield* willTopics();
  for (const filter of GOOD_FILTERS) yield* goodFilter(filter);
  for (const [filter, rule] of BAD_FILTERS) yield* badFilter(filter, rule);
  yield* noLocal();
}

function* topicNames(sender: Sender): Iterable<VectorOfGroup> {
  for (const topic of GOOD_NAMES)
    yield valid({ form: publish(sender, { topic }), what: `topic '${topic}'`, rule: '4.7' });
  for (const topic of BAD_NAMES) {
    const form = publish(sender, { topic });
    yield invalid({ form, what: `topic '${topic}'`, rule: 'MQTT-3.3.2-2', reasonCodes: BAD_NAME_CODES });
  }
  const form = publish(sender, { topic: '' });
  yield invalid({ form, what: 'no topic and no alias', rule: 'MQTT-4.7.3-1', reasonCodes: [0x82] });
}

function* willTopics(): Iterable<VectorOfGroup> {
  for (const willTopic of GOOD_NAMES) {
    yield valid({ form: connect({ flags: 0x06, willTopic }), what: `will topic '${willTopic}'`, rule: '4.7' });
  }
  for (const willTopic of ['', ...BAD_NAMES]) {
    const rule = willTopic === '' ? 'MQTT-4.7.3-1' : 'MQTT-4.7.0-1';
    const form = connect({ flags: 0x06, willTopic });
    yield invalid({ form, what: `will topic '${willTopic}'`, rule, reasonCodes: BAD_NAME_CODES });
  }
}

function* goodFilter(filter: string): Iterable<VectorOfGroup> {
  const what = `topic filter '${filter}'`;
  yield valid({ form: subscribe({ subscriptions: [[filter, 0]] }), what, rule: '4.7' });
  yield valid({ form: unsubscribe({ topicFilters: [filter] }), what, rule: '4.7' });
}

function* badFilter(filter: string, rule: string): Iterable<VectorOfGroup> {
  const what = `topic filter '${filter}'`;
  const reasonCodes = BAD_FILTER_CODES;
  yield invalid({ form: subscribe({ subscriptions: [[filter, 0]] }), what, rule, reasonCodes });
  yield invalid({ form: unsubscribe({ topicFilters: [filter] }), what, rule, reasonCodes });
  // Behind a filter that is right.
  const second = `second ${what}`;
  const subscriptions = [['a', 0] as const, [filter, 0] as const];
  yield invalid({ form: subscribe({ subscriptions }), what: second, rule, reasonCodes });
  yield invalid({ form: unsubscribe({ topicFilters: ['a', filter] }), what: second, rule, reasonCodes });
}

function* noLocal(): Iterable<VectorOfGroup> {
  const what = (filter: string): string => `No Local for '${filter}'`;
  for (const filter of ['a', '#', '$shared/a', '$SYS/a']) {
    yield valid({ form: subscribe({ subscriptions: [[filter, 0x04]] }), what: what(filter), rule: '3.8.3.1' });
  }
  for (const filter of ['$share/g/a', '$share/g/#']) {
    const form = subscribe({ subscriptions: [[filter, 0x04]] });
    yield invalid({ form, what: what(filter), rule: 'MQTT-3.8.3-4', reasonCodes: [0x82] });
  }
}

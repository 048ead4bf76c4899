import { ANSWER_ALL } from '../../../../script/answers.ts';
import { attempt, notResolved, resolved } from '../../../bench/attempt.ts';
import { begin } from '../../../bench/begin.ts';
import { bodyOf, concat, packet, text, u16 } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.10: UNSUBSCRIBE.

/** Text that is no UTF-8 string of MQTT. */
const BAD_TEXT: readonly (readonly [what: string, filter: string])[] = [
  ['a lone surrogate', 'a/\ud800'],
  ['a NUL', '\u0000/a'],
];

const badText = BAD_TEXT.map(([what, topicFilter]): ConformanceCase => ({
  statements: ['MQTT-3.10.3-1'],
  name: `an UNSUBSCRIBE never has a filter with ${what}`,
  async run(bench) {
    await begin(bench);
    // What the client makes of it may be sent; what is no text is malformed, and left over in the end.
    await bench.broker.answer(ANSWER_ALL);
    await attempt(bench, bench.client.unsubscribe(['ok', topicFilter]));
  },
}));

/** Filters that somebody might be tempted to tidy up. */
const FILTERS = ['a/b', 'A/b', '/a/b', 'a//b', 'a/b/', ' a', '$share/g/t', '\u00e9', 'e\u0301', '#', '+/+'];

export const unsubscribeCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.10.1-1'],
    name: 'UNSUBSCRIBE begins with A2',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.unsubscribe(['a/b']);
      await broker.expect.unsubscribe();
      const bytes = bytesOfLast(broker, 'unsubscribe');
      equal('the first byte', bytes[0], 0xa2);
      equal('the bytes behind the identifier', bodyOf(bytes).subarray(2), '00 00 03 61 2f 62');
    },
  },
  {
    statements: ['MQTT-3.10.3-1'],
    name: 'a filter outside ASCII is sent as UTF-8 in UNSUBSCRIBE',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.unsubscribe(['\u00e9/\u20ac/\u{1f600}']);
      await broker.expect.unsubscribe();
      const written = '00 00 0b c3 a9 2f e2 82 ac 2f f0 9f 98 80';
      equal('the bytes behind the identifier', bodyOf(bytesOfLast(broker, 'unsubscribe')).subarray(2), written);
    },
  },
  ...badText,
  {
    statements: ['MQTT-3.10.3-2'],
    name: 'an UNSUBSCRIBE without a filter never gets onto the wire',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ disconnect: true, end: true });
      await attempt(bench, client.unsubscribe([]));
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.10.3-2'],
    name: 'three filters of one call are all sent in UNSUBSCRIBE',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.unsubscribe(['a', 'b/+', 'c/#']);
      await broker.answer({ unsubscribe: true });
      await broker.expectSilence();
      const filters = sentBy(broker, 'unsubscribe').flatMap(({ topicFilters }) => topicFilters);
      equal('the filters', filters, ['a', 'b/+', 'c/#']);
    },
  },
  ...FILTERS.map((topicFilter): ConformanceCase => ({
    statements: ['MQTT-3.10.4-1'],
    name: `'${topicFilter.replace('\u0301', '\\u0301')}' is unsubscribed byte for byte as it was subscribed`,
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter }]);
      await broker.send.suback(await broker.expect.subscribe());
      void client.unsubscribe([topicFilter]);
      await broker.expect.unsubscribe();
      const subscribed = bodyOf(bytesOfLast(broker, 'subscribe')).subarray(2, -1);
      const unsubscribed = bodyOf(bytesOfLast(broker, 'unsubscribe')).subarray(2);
      equal('the filter in SUBSCRIBE', subscribed, concat('00', text(topicFilter)));
      equal('the filter in UNSUBSCRIBE', unsubscribed, concat('00', text(topicFilter)));
    },
  })),
  {
    statements: ['MQTT-3.10.4-3'],
    name: 'a QoS 2 message that was under way at the UNSUBACK comes to its end',
    needs: ['qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a', qos: 2 }]);
      await broker.send.suback(await broker.expect.subscribe());
      await broker.sendBytes('34 07 00 01 61 00 09 00 78');
      await broker.expect.pubrec({ packetId: 9 });
      const unsubscribing = client.unsubscribe(['a']);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      await resolved(bench, 'unsubscribe()', unsubscribing);
      await broker.sendBytes('62 02 00 09');
      await broker.expect.pubcomp({ packetId: 9, reasonCode: 0 });
      await handedOver(bench, ['a x']);
    },
  },
  {
    statements: ['MQTT-3.10.4-3'],
    name: 'a QoS 1 message that comes behind the UNSUBACK is acknowledged',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a', qos: 1 }]);
      await broker.send.suback(await broker.expect.subscribe());
      const unsubscribing = client.unsubscribe(['a']);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      await resolved(bench, 'unsubscribe()', unsubscribing);
      await broker.sendBytes('32 07 00 01 61 00 05 00 78');
      await broker.expect.puback({ packetId: 5 });
    },
  },
  {
    statements: ['MQTT-3.10.4-4'],
    name: 'an UNSUBSCRIBE without an answer is not sent again, and its call does not succeed',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const unsubscribing = client.unsubscribe(['a']);
      await broker.expect.unsubscribe();
      await broker.expectSilence({ of: 'unsubscribe', forMs: 2_000 });
      await notResolved(bench, 'unsubscribe()', unsubscribing);
    },
  },
  {
    statements: ['MQTT-3.10.4-4', 'MQTT-3.10.4-5'],
    name: 'UNSUBACKs that come in another order answer the requests that they name',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const first = client.unsubscribe(['a']);
      const second = client.unsubscribe(['b']);
      const a = await broker.expect.unsubscribe({ topicFilters: ['a'] });
      const b = await broker.expect.unsubscribe({ topicFilters: ['b'] });
      await broker.send.unsuback(b);
      equal('what the second unsubscribe() came to', await resolved(bench, 'unsubscribe()', second), [0]);
      await notResolved(bench, 'the first unsubscribe()', first);
      await broker.send.unsuback(a, { reasonCodes: [0x11] });
      equal('what the first unsubscribe() came to', await resolved(bench, 'unsubscribe()', first), [0x11]);
    },
  },
  {
    statements: ['MQTT-3.10.4-5'],
    name: 'an UNSUBACK for which there was no UNSUBSCRIBE ends the connection, or changes nothing',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.sendBytes('b0 04 12 34 00 00');
      if (await endedWith(bench, [0x82, 0x81], { mayGoOn: true })) return;
      const unsubscribing = client.unsubscribe(['a']);
      await broker.send.unsuback(await broker.expect.unsubscribe());
      equal('what unsubscribe() came to', await resolved(bench, 'unsubscribe()', unsubscribing), [0]);
    },
  },
  {
    statements: ['MQTT-3.10.4-5', 'MQTT-3.8.4-2'],
    name: 'an UNSUBACK does not answer the SUBSCRIBE that has its identifier',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      const subscribe = await broker.expect.subscribe();
      await broker.sendBytes(packet('b0', u16(subscribe.packetId), '00 00'));
      const isOver = await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
      await notResolved(bench, 'subscribe()', subscribing);
      if (isOver) return;
      await broker.send.suback(subscribe);
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0]);
    },
  },
];

import { ANSWER_ALL } from '../../../../script/answers.ts';
import { attempt, notResolved, resolved } from '../../../bench/attempt.ts';
import { begin, resume } from '../../../bench/begin.ts';
import { bodyOf, packet, properties } from '../../../bench/bytes.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { handedOver } from '../../../bench/handed-over.ts';
import { bytesOfLast, sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.8: SUBSCRIBE.

/** Text that is no UTF-8 string of MQTT. */
const BAD_TEXT: readonly (readonly [what: string, filter: string])[] = [
  ['a lone surrogate', 'a/\udc00'],
  ['a NUL', 'a/\u0000'],
];

const badText = BAD_TEXT.map(([what, topicFilter]): ConformanceCase => ({
  statements: ['MQTT-3.8.3-1'],
  name: `a SUBSCRIBE never has a filter with ${what}`,
  async run(bench) {
    await begin(bench);
    // What the client makes of it may be sent; what is no text is malformed, and left over in the end.
    await bench.broker.answer(ANSWER_ALL);
    await attempt(bench, bench.client.subscribe([{ topicFilter: 'ok' }, { topicFilter }]));
  },
}));

/** What an options byte may say. */
const OPTIONS = ([0, 1, 2] as const).flatMap((qos) =>
  [false, true].flatMap((noLocal) =>
    [false, true].flatMap((retainAsPublished) =>
      ([0, 1, 2] as const).map((retainHandling) => ({ qos, noLocal, retainAsPublished, retainHandling })),
    ),
  ),
);

export const subscribeCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.8.1-1'],
    name: 'SUBSCRIBE begins with 82',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a', qos: 1 }]);
      await broker.expect.subscribe();
      const bytes = bytesOfLast(broker, 'subscribe');
      equal('the first byte', bytes[0], 0x82);
      equal('the bytes behind the identifier', bodyOf(bytes).subarray(2), '00 00 01 61 01');
    },
  },
  {
    statements: ['MQTT-3.8.1-1'],
    name: 'a SUBSCRIBE that goes out again on the next connection begins with 82',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a' }]);
      await broker.expect.subscribe();
      await broker.cut();
      // A client may let the request fail instead.
      await broker.answer({ subscribe: true });
      await resume(bench);
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.8.3-1'],
    name: 'a filter outside ASCII is sent as UTF-8',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: '\u00e9/\u20ac/\u{1f600}/#' }]);
      await broker.expect.subscribe();
      const written = '00 00 0d c3 a9 2f e2 82 ac 2f f0 9f 98 80 2f 23 00';
      equal('the bytes behind the identifier', bodyOf(bytesOfLast(broker, 'subscribe')).subarray(2), written);
    },
  },
  ...badText,
  {
    statements: ['MQTT-3.8.3-2'],
    name: 'a SUBSCRIBE without a filter never gets onto the wire',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ disconnect: true, end: true });
      await attempt(bench, client.subscribe([]));
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.8.3-2'],
    name: 'three filters of one call are all sent, each with its options',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([
        { topicFilter: 'a', qos: 0 },
        { topicFilter: 'b/+', qos: 1 },
        { topicFilter: 'c/#', qos: 2 },
      ]);
      await broker.answer({ subscribe: true });
      await broker.expectSilence();
      const subscriptions = sentBy(broker, 'subscribe').flatMap((subscribe) => subscribe.subscriptions);
      equal('the filters', subscriptions, [
        { topicFilter: 'a', qos: 0 },
        { topicFilter: 'b/+', qos: 1 },
        { topicFilter: 'c/#', qos: 2 },
      ]);
    },
  },
  ...([true, false] as const).map((noLocal): ConformanceCase => ({
    statements: ['MQTT-3.8.3-3'],
    name: `No Local is bit 2 of the options: ${noLocal ? '1 where it is asked for' : '0 where it is not'}`,
    needs: noLocal ? ['subscription-options'] : [],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.subscribe([{ topicFilter: 'a', ...(noLocal && { noLocal }) }]);
      await broker.expect.subscribe();
      equal('the options', bytesOfLast(broker, 'subscribe').at(-1), noLocal ? 0x04 : 0x00);
    },
  })),
  {
    statements: ['MQTT-3.8.3-4'],
    name: 'a shared subscription with No Local never gets onto the wire',
    needs: ['subscription-options'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.answer({ subscribe: true, disconnect: true, end: true });
      await attempt(bench, client.subscribe([{ topicFilter: '$share/g/t', noLocal: true }]));
      await broker.expectSilence();
      const subscriptions = sentBy(broker, 'subscribe').flatMap((subscribe) => subscribe.subscriptions);
      equal(
        'the subscriptions with No Local',
        subscriptions.filter(({ noLocal }) => noLocal === true),
        [],
      );
    },
  },
  {
    statements: ['MQTT-3.8.3-4'],
    name: 'a shared subscription without No Local is sent',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: '$share/g/t', qos: 1 }]);
      const subscribe = await broker.expect.subscribe();
      equal(
        'the filter and its options',
        bytesOfLast(broker, 'subscribe').subarray(-13),
        '00 0a 24 73 68 61 72 65 2f 67 2f 74 01',
      );
      await broker.send.suback(subscribe);
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [1]);
    },
  },
  {
    statements: ['MQTT-3.8.3-5'],
    name: 'whatever the options, bits 7 and 6 of their byte are 0, and the others say what was asked for',
    needs: ['subscription-options'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      for (const options of OPTIONS) {
        void client.subscribe([{ topicFilter: 'a', ...options }]);
        await broker.send.suback(await broker.expect.subscribe());
        const { qos, noLocal, retainAsPublished, retainHandling } = options;
        const byte = qos + (noLocal ? 4 : 0) + (retainAsPublished ? 8 : 0) + retainHandling * 16;
        equal('the options', bytesOfLast(broker, 'subscribe').at(-1), byte);
      }
    },
  },
  {
    statements: ['MQTT-3.8.4-1'],
    name: 'a SUBSCRIBE without an answer is not sent again, and its call does not succeed',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      await broker.expect.subscribe();
      await broker.expectSilence({ of: 'subscribe', forMs: 2_000 });
      await notResolved(bench, 'subscribe()', subscribing);
    },
  },
  {
    statements: ['MQTT-3.8.4-1', 'MQTT-3.8.4-2'],
    name: 'SUBACKs that come in another order answer the requests that they name',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const first = client.subscribe([{ topicFilter: 'a', qos: 2 }]);
      const second = client.subscribe([{ topicFilter: 'b', qos: 2 }]);
      const a = await broker.expect.subscribe({ subscriptions: [{ topicFilter: 'a' }] });
      const b = await broker.expect.subscribe({ subscriptions: [{ topicFilter: 'b' }] });
      await broker.send.suback(b, { reasonCodes: [0] });
      equal('what the second subscribe() came to', await resolved(bench, 'subscribe()', second), [0]);
      await notResolved(bench, 'the first subscribe()', first);
      await broker.send.suback(a, { reasonCodes: [1] });
      equal('what the first subscribe() came to', await resolved(bench, 'subscribe()', first), [1]);
    },
  },
  {
    statements: ['MQTT-3.8.4-2'],
    name: 'a SUBACK for which there was no SUBSCRIBE ends the connection, or changes nothing',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.sendBytes('90 04 12 34 00 00');
      if (await endedWith(bench, [0x82, 0x81], { mayGoOn: true })) return;
      const subscribing = client.subscribe([{ topicFilter: 'a' }]);
      await broker.send.suback(await broker.expect.subscribe());
      equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [0]);
    },
  },
  {
    statements: ['MQTT-3.8.4-2'],
    name: 'a SUBACK for an identifier that waits for its PUBACK ends neither exchange',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const publishing = client.publish({ topic: 'a', qos: 1 });
      const { packetId = 0 } = await broker.expect.publish();
      await broker.send.suback({ packetId, reasonCodes: [0] });
      const isOver = await endedWith(bench, [0x82, 0x81], { mayGoOn: true });
      await notResolved(bench, 'publish()', publishing);
      if (isOver) return;
      await broker.send.puback({ packetId });
      equal('what publish() came to', await resolved(bench, 'publish()', publishing), 0);
    },
  },
  {
    statements: ['MQTT-3.8.4-3'],
    name: 'a second SUBSCRIBE to the same filter is sent, and messages for it are handed over once',
    needs: ['subscription-identifiers', 'received-properties'],
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      for (const subscriptionIdentifier of [1, 2]) {
        const subscribing = client.subscribe([{ topicFilter: 'a/+', qos: 1 }], { subscriptionIdentifier });
        await broker.send.suback(await broker.expect.subscribe({ subscriptionIdentifier }));
        equal('what subscribe() came to', await resolved(bench, 'subscribe()', subscribing), [1]);
      }
      await broker.sendBytes(packet('32', '00 03 61 2f 62 00 05', properties('0b 02'), '78'));
      await broker.expect.puback({ packetId: 5 });
      await broker.expectSilence();
      await handedOver(bench, ['a/b x']);
      equal('its identifiers', inbox.received[0]?.properties?.subscriptionIdentifiers, [2]);
    },
  },
];

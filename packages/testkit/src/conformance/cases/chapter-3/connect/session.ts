import { resolved } from '../../../bench/attempt.ts';
import { begin, resume } from '../../../bench/begin.ts';
import { lastConnect } from '../../../bench/connect-bytes.ts';
import { equal } from '../../../bench/equal.ts';
import { sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Sections 3.1.2.4 and 3.1.3.1: Clean Start, and whose session it is.

export const connectSessionCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.1.2-4'],
    name: 'with Clean Start 1 nothing of the session before is sent again',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 1 });
      await broker.expect.publish();
      await broker.cut();
      await begin(bench, {}, { cleanStart: true });
      equal('Clean Start', lastConnect(broker).flags & 0x02, 0x02);
      // A client may publish the message as a new one: then it is no repeat.
      await broker.answer({ publish: true });
      await broker.expectSilence();
      const repeats = sentBy(broker, 'publish', 2).filter(({ dup }) => dup);
      equal('how many messages came again', repeats.length, 0);
    },
  },
  {
    statements: ['MQTT-3.1.2-5', 'MQTT-3.1.2-23'],
    name: 'with Clean Start 0 and Session Present 1 the client goes on with its session',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const published = client.publish({ topic: 'a', payload: 'x', qos: 1 });
      const { packetId } = await broker.expect.publish({ topic: 'a', qos: 1 });
      await broker.cut();
      const { connected } = await resume(bench);
      equal('Clean Start', lastConnect(broker).flags & 0x02, 0);
      equal('whether the application hears of the session', connected.sessionPresent, true);
      await broker.send.puback(await broker.expect.publish({ topic: 'a', payload: 'x', qos: 1, packetId: packetId! }));
      equal('what publish() came to', await resolved(bench, 'publish()', published), 0);
    },
  },
  {
    statements: ['MQTT-3.1.2-23'],
    name: 'a session that outlives its connection is announced with its expiry and resumed twice',
    needs: ['session-resume'],
    setup: { sessionExpiryInterval: 300 },
    async run(bench) {
      const { broker, client } = bench;
      const { connect } = await begin(bench);
      equal('the Session Expiry Interval', connect.properties?.sessionExpiryInterval, 300);
      const published = client.publish({ topic: 'a', qos: 1 });
      const { packetId } = await broker.expect.publish();
      await broker.cut();
      await resume(bench);
      await broker.expect.publish({ packetId: packetId! });
      await broker.cut();
      await resume(bench);
      await broker.send.puback(await broker.expect.publish({ packetId: packetId! }));
      await resolved(bench, 'publish()', published);
    },
  },
  {
    statements: ['MQTT-3.1.3-2'],
    name: 'two clients with identifiers of their own keep their sessions apart',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      const other = { ...bench, ...bench.another({ clientId: 'd' }) };
      await begin(bench);
      void client.publish({ topic: 'of/c', qos: 1 });
      await broker.expect.publish({ topic: 'of/c' });
      await broker.cut();
      await begin(other);
      equal('the client identifier', lastConnect(broker).payload, '00 01 64');
      void other.client.publish({ topic: 'of/d', qos: 1 });
      await broker.expect.publish({ topic: 'of/d' });
      await broker.cut();
      await resume(bench);
      equal('the client identifier', lastConnect(broker).payload, '00 01 63');
      await broker.send.puback(await broker.expect.publish({ topic: 'of/c' }));
      await broker.expectSilence();
      await broker.cut();
      await resume(other);
      await broker.send.puback(await broker.expect.publish({ topic: 'of/d' }));
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.1.3-7'],
    name: 'a client identifier that the server has assigned is shown, and used from then on',
    needs: ['session-resume'],
    setup: { clientId: '' },
    async run(bench) {
      const { broker } = bench;
      const { connected } = await begin(bench, { assignedClientIdentifier: 'x1' });
      equal('the client identifier', connected.clientId, 'x1');
      await broker.cut();
      await resume(bench);
      equal('the payload', lastConnect(broker).payload, '00 02 78 31');
    },
  },
];

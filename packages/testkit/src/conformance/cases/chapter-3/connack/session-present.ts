import { attempt, notConnected, resolved } from '../../../bench/attempt.ts';
import { begin, resume } from '../../../bench/begin.ts';
import { endedWith } from '../../../bench/ended-with.ts';
import { equal } from '../../../bench/equal.ts';
import { sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Section 3.2.2.1.1: Session Present.

export const sessionPresentCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.2.2-2', 'MQTT-3.2.2-4'],
    name: 'Session Present 1 in answer to Clean Start 1 ends the connection',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect({ cleanStart: true });
      await broker.expect.connect({ cleanStart: true });
      await broker.sendBytes('20 03 01 00 00');
      await endedWith(bench, [0x82, 0x81], { level: 'must' });
      await notConnected(bench, connecting);
    },
  },
  {
    statements: ['MQTT-3.2.2-4'],
    name: 'Session Present 1 ends the connection of a client that never had a session',
    async run(bench) {
      const { broker, client } = bench;
      void client.connect();
      await broker.expect.connect();
      await broker.sendBytes('20 03 01 00 00');
      await endedWith(bench, [0x82, 0x81], { level: 'must' });
    },
  },
  {
    statements: ['MQTT-3.2.2-3'],
    name: 'Session Present 1 lets the client resume: what is open is sent again',
    needs: ['session-resume', 'qos2'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: '1', qos: 1 });
      void client.publish({ topic: 'a', payload: '2', qos: 2 });
      const { packetId: first } = await broker.expect.publish({ qos: 1 });
      const { packetId: second } = await broker.expect.publish({ qos: 2 });
      await broker.cut();
      const { connected } = await resume(bench);
      equal('whether the application hears of the session', connected.sessionPresent, true);
      // A client may wait for each answer before it sends the next.
      await broker.send.puback(await broker.expect.publish({ payload: '1', qos: 1, packetId: first! }));
      await broker.send.pubrec(await broker.expect.publish({ payload: '2', qos: 2, packetId: second! }));
      await broker.expect.pubrel({ packetId: second! });
    },
  },
  {
    statements: ['MQTT-3.2.2-3', 'MQTT-3.2.2-5'],
    name: 'Session Present 0 lets the client go on without its session: nothing comes again',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 1 });
      await broker.expect.publish();
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect({ cleanStart: false });
      // A client may publish the message as a new one: then it is no repeat.
      await broker.answer({ publish: true });
      await broker.send.connack({ sessionPresent: false });
      const connected = await resolved(bench, 'connect()', connecting);
      equal('whether the application hears of a session', connected.sessionPresent, false);
      await broker.expectSilence();
      equal(
        'the repeats',
        sentBy(broker, 'publish', 2).filter(({ dup }) => dup),
        [],
      );
      equal('what publish() comes to', await resolved(bench, 'publish()', client.publish({ topic: 'b', qos: 1 })), 0);
    },
  },
  {
    statements: ['MQTT-3.2.2-5'],
    name: 'with Session Present 0 a QoS 2 message that was received before counts as new',
    needs: ['session-resume', 'qos2'],
    async run(bench) {
      const { broker, client, inbox } = bench;
      await begin(bench);
      await broker.sendBytes('34 07 00 01 61 00 09 00 31');
      await broker.expect.pubrec({ packetId: 9 });
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect({ cleanStart: false });
      await broker.send.connack({ sessionPresent: false });
      await resolved(bench, 'connect()', connecting);
      await broker.sendBytes('34 07 00 01 61 00 09 00 32');
      await broker.expect.pubrec({ packetId: 9, reasonCode: 0 });
      await broker.sendBytes('62 02 00 09');
      await broker.expect.pubcomp({ packetId: 9, reasonCode: 0 });
      await broker.expectSilence();
      // A client that hands over with PUBREL has never handed over the first.
      equal('the last message', inbox.texts.at(-1), 'a 2');
    },
  },
  {
    statements: ['MQTT-3.2.2-6'],
    name: 'a refusal with Session Present 1 leaves the session as it was',
    needs: ['session-resume'],
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x', qos: 1 });
      const { packetId } = await broker.expect.publish();
      await broker.cut();
      const connecting = client.connect();
      await broker.expect.connect();
      await broker.sendBytes('20 03 01 87 00');
      await endedWith(bench, [0x82, 0x81]);
      const outcome = await attempt(bench, connecting, 'patiently');
      if (outcome.kind === 'resolved') equal('the reason code', outcome.value.reasonCode, 0x87);
      else equal('how connect() ended', outcome.kind, 'rejected');
      await resume(bench);
      await broker.expect.publish({ topic: 'a', payload: 'x', packetId: packetId! });
    },
  },
];

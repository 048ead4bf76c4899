import { describe, expect, it } from 'vitest';
import {
  allCases,
  CaseError,
  describeTask,
  neededFeatures,
  programTasks,
  type ConformanceCase,
} from '@minimq/testkit/conformance';
import { begin } from '../../../src/conformance/bench/begin.ts';

const base = { statements: ['MQTT-3.1.0-1'] } as const;

/** A case that begins a connection and goes on. */
function beginning(name: string, goOn: ConformanceCase['run'], more: Partial<ConformanceCase> = {}): ConformanceCase {
  return {
    ...base,
    ...more,
    name,
    async run(bench) {
      await begin(bench);
      await goOn(bench);
    },
  };
}

async function taskOf(conformanceCase: ConformanceCase): Promise<string | undefined> {
  const task = (await programTasks([conformanceCase])).get(conformanceCase.name);
  return task && `${describeTask(task)}${task.mayRefuse ? ', or refuse' : ''}`;
}

describe('what a program is told', () => {
  it('is the one thing that a case asks for', async () => {
    expect(await taskOf(beginning('nothing', async () => {}))).toBe('connect');
    const publishing = beginning('publish', async ({ broker, client }) => {
      void client.publish({ topic: 'a', payload: 'x', qos: 1, retain: true });
      await broker.send.puback(await broker.expect.publish({ topic: 'a', qos: 1, retain: true }));
    });
    expect(await taskOf(publishing)).toBe('publish "x" to "a" at QoS 1, retained');
    const subscribing = beginning('subscribe', async ({ broker, client }) => {
      void client.subscribe([{ topicFilter: 'a/#', qos: 2 }]);
      await broker.send.suback(await broker.expect.subscribe({ subscriptions: [{ topicFilter: 'a/#', qos: 2 }] }));
    });
    expect(await taskOf(subscribing)).toBe('subscribe to "a/#" at QoS 2');
    const leaving = beginning('disconnect', async ({ broker, client }) => {
      void client.disconnect();
      await broker.expect.disconnect();
      await broker.expect.end();
    });
    expect(await taskOf(leaving)).toBe('disconnect');
  });

  it('is to stay where a DISCONNECT would be in the way', async () => {
    const silent = beginning('stay', async ({ broker, client }) => {
      void client.publish({ topic: 'a' });
      await broker.expect.publish();
      await broker.expectSilence({ forMs: 10 });
    });
    expect(await taskOf(silent)).toBe('publish-stay "" to "a" at QoS 0');
  });

  it('may be refused where nothing has to come of it', async () => {
    const forbidden = beginning('refuse', async ({ broker, client }) => {
      void client.publish({ topic: 'a/#' });
      await broker.expectSilence();
    });
    expect(await taskOf(forbidden)).toBe('publish-stay "" to "a/#" at QoS 0, or refuse');
  });

  it('is nothing where a case needs to see or to do more', async () => {
    const publish = { topic: 'a', qos: 1 } as const;
    const more: readonly ConformanceCase[] = [
      beginning('sets something', async () => {}, { setup: { receiveMaximum: 2 } }),
      beginning('needs something', async () => {}, { needs: ['manual-ack'] }),
      beginning('is heavy', async () => {}, { isHeavy: true }),
      beginning('has another client', async (bench) => void bench.another({})),
      beginning('asks how the connection ended', async ({ client, broker }) => {
        await broker.cut();
        await client.closed();
      }),
      beginning('asks for two things', async ({ broker, client }) => {
        void client.publish(publish);
        await broker.send.puback(await broker.expect.publish());
        void client.publish(publish);
        await broker.send.puback(await broker.expect.publish());
      }),
      beginning('asks later', async ({ broker, client }) => {
        await broker.expectSilence();
        void client.publish(publish);
        await broker.expect.publish();
      }),
      beginning('looks at what a call came to', async ({ broker, client }) => {
        const published = client.publish(publish);
        await broker.send.puback({ ...(await broker.expect.publish()), reasonCode: 0x87 });
        if ((await published) !== 0x87) throw new CaseError('must', 'another code');
      }),
      beginning('looks at more than a line', async ({ broker, inbox }) => {
        await broker.send.publish({ topic: 'a', qos: 1, packetId: 1 });
        await broker.expect.puback();
        if (inbox.received[0]?.qos !== 1) throw new CaseError('must', 'another QoS');
      }),
      beginning('has a slow application', async ({ inbox }) => inbox.hold()),
      beginning('has a property', async ({ broker, client }) => {
        void client.publish({ topic: 'a', properties: { contentType: 'x' } });
        await broker.expect.publish();
      }),
      beginning('has text that no command line takes', async ({ client, broker }) => {
        void client.publish({ topic: 'a\0b' });
        await broker.expectSilence();
      }),
    ];
    const tasks = await programTasks(more);
    expect([...tasks.keys()]).toEqual([]);
  });

  it('is there for cases of every kind', async () => {
    const tasks = await programTasks(allCases);
    const behaviours = [...tasks.values()].map(({ behaviour }) => behaviour);
    const kinds = ['connect', 'disconnect', 'publish', 'publish-stay', 'subscribe', 'unsubscribe'];
    expect([...new Set(behaviours)].sort()).toEqual(kinds);
    expect(tasks.size).toBeGreaterThan(150);
    const told = allCases.filter(({ name }) => tasks.has(name));
    expect(told.flatMap(neededFeatures).filter((feature) => feature !== 'qos2')).toEqual([]);
  });
});

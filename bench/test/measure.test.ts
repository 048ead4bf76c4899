import { afterEach, describe, expect, test } from 'vitest';
import type { ClientName } from '../src/clients/client.ts';
import { measure } from '../src/measures/measure.ts';
import { Connection } from '../src/peer/connection.ts';
import { listen } from '../src/peer/listen.ts';
import type { PeerSettings } from '../src/peer/settings.ts';
import type { Metrics } from '../src/run/contest.ts';
import type { Measurement } from '../src/run/task.ts';
import { TRANSPORTS, type Transport } from '../src/wire/transport.ts';

// Every measure with every client, for a moment and in one process: that they come to an end with numbers. The times
// are meaningless here.

const DURATION = { warmUpMs: 1, measureMs: 1 };
const IN_FLIGHT = 10;
const CLIENTS: readonly ClientName[] = ['bare', 'minimq', 'mqttjs'];

const connections: Connection[] = [];

afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
});

async function run(
  client: ClientName,
  transport: Transport,
  settings: Partial<PeerSettings>,
  measurement: Measurement,
): Promise<Metrics> {
  const peer: PeerSettings = { transport, receiveMaximum: IN_FLIGHT, ...settings };
  const listener = await listen(transport, (wire) => {
    connections.push(new Connection(peer, wire, connections.length === 0));
  });
  try {
    return await measure({ client, transport, port: listener.port, measurement });
  } finally {
    listener.close();
  }
}

function expectNumbers(metrics: Metrics, ...names: string[]): void {
  expect(Object.keys(metrics)).toEqual(names);
  for (const value of Object.values(metrics)) expect(value).toBeGreaterThan(0);
}

const job = (qos: 0 | 1 | 2) => ({ qos, payloadBytes: 64, inFlight: IN_FLIGHT });

describe.each(TRANSPORTS)('over %s', (transport) => {
  describe.each(CLIENTS)('%s', (client) => {
    test.each([0, 1, 2] as const)('publishes QoS %i', async (qos) => {
      const metrics = await run(
        client,
        transport,
        {},
        {
          kind: 'publish',
          job: { ...job(qos), style: 'publish' },
          sessions: 2,
          duration: DURATION,
        },
      );
      expectNumbers(metrics, 'messagesPerSecond', 'cpuUsPerMessage', 'usPerMessage');
      expect(connections.reduce((sum, { messagesIn }) => sum + messagesIn, 0)).toBeGreaterThan(100);
    });

    test.each([0, 1, 2] as const)('receives QoS %i', async (qos) => {
      const metrics = await run(
        client,
        transport,
        { flood: job(qos) },
        {
          kind: 'receive',
          job: { ...job(qos), style: 'recv' },
          duration: DURATION,
        },
      );
      expectNumbers(metrics, 'messagesPerSecond', 'cpuUsPerMessage', 'usPerMessage');
      expect(connections[0]!.messagesOut).toBeGreaterThan(0);
    });

    test('measures round trips and connections', async () => {
      const echo = { kind: 'echo', payloadBytes: 64, warmUp: 2, samples: 10 } as const;
      expectNumbers(await run(client, transport, { echoes: true }, echo), 'p50Us', 'p99Us', 'p999Us');
      expect(connections[0]!.messagesIn).toBeGreaterThanOrEqual(12);
      const connect = { kind: 'connect', warmUp: 1, samples: 3 } as const;
      expectNumbers(await run(client, transport, {}, connect), 'connectMs', 'connectP99Ms');
      expect(connections).toHaveLength(5);
    });
  });
});

test.each(CLIENTS)('%s sends again what was in flight at a cut', async (client) => {
  const settings = { receiveMaximum: 65_535, cutAfterMessages: IN_FLIGHT };
  const metrics = await run(client, 'tcp', settings, { kind: 'resume', inFlight: IN_FLIGHT });
  expectNumbers(metrics, 'resumeMs');
  expect(connections.map(({ messagesIn }) => messagesIn)).toEqual([IN_FLIGHT, IN_FLIGHT]);
});

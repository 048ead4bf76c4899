import { CLIENTS } from '../clients/client.ts';
import type { Contest } from '../run/contest.ts';
import { contestant } from './contestant.ts';
import type { Pace } from './pace.ts';

const PAYLOAD_BYTES = 64;

/** Bytes per idle session, and what a flood adds while the consumer has stopped. */
export function memoryContests({ sessions, duration }: Pace): Contest[] {
  return [
    {
      id: 'memory/idle',
      title: `${sessions} idle sessions in one process, each without the buffers that the caller chooses`,
      contestants: CLIENTS.map((client) =>
        contestant(client, client, { transport: 'tcp', receiveMaximum: 1_000 }, { kind: 'idle', sessions }),
      ),
    },
    {
      id: 'memory/stopped',
      title: 'Growth under a flood of QoS 0 with a consumer that has stopped',
      contestants: CLIENTS.filter((client) => client !== 'u8mqtt').map((client) =>
        contestant(
          client,
          client,
          { transport: 'tcp', receiveMaximum: 1_000, flood: { qos: 0, payloadBytes: PAYLOAD_BYTES, inFlight: 1 } },
          { kind: 'stopped', floodMs: duration.measureMs },
        ),
      ),
    },
  ];
}

import { CLIENTS } from '../clients/client.ts';
import type { Contest } from '../run/contest.ts';
import { TRANSPORTS } from '../wire/transport.ts';
import { contestant } from './contestant.ts';
import type { Pace } from './pace.ts';

const PAYLOAD_BYTES = 64;
/** A session over TLS takes a handshake to open, and far more memory of the platform's: fewer of them say as much. */
const FEWER = 10;

/** Bytes per idle session, and what a flood adds while the consumer has stopped. */
export function memoryContests({ sessions, duration }: Pace): Contest[] {
  return TRANSPORTS.flatMap((transport) => {
    const count = transport === 'tcp' ? sessions : sessions / FEWER;
    return [
      {
        id: `memory/${transport}/idle`,
        title: `${transport}: ${count} idle sessions in one process, each without the buffers that the caller chooses`,
        contestants: CLIENTS.filter((client) => client !== 'u8mqtt' || transport === 'tcp').map((client) =>
          contestant(client, client, { transport, receiveMaximum: 1_000 }, { kind: 'idle', sessions: count }),
        ),
      },
      {
        id: `memory/${transport}/stopped`,
        title: `${transport}: growth under a flood of QoS 0 with a consumer that has stopped`,
        contestants: CLIENTS.filter((client) => client !== 'u8mqtt').map((client) =>
          contestant(
            client,
            client,
            { transport, receiveMaximum: 1_000, flood: { qos: 0, payloadBytes: PAYLOAD_BYTES, inFlight: 1 } },
            { kind: 'stopped', floodMs: duration.measureMs },
          ),
        ),
      },
    ];
  });
}

import { CLIENTS } from '../clients/client.ts';
import type { Contest } from '../run/contest.ts';
import { TRANSPORTS } from '../wire/transport.ts';
import { contestant } from './contestant.ts';
import type { Pace } from './pace.ts';

const SAMPLES = 100;
const IN_FLIGHT = [1, 100, 10_000, 65_535] as const;
const PACKET_IDS = 65_535;

/** Milliseconds to connect, and to resume with publishes of QoS 1 in flight until the last one is acknowledged. */
export function connectingContests(_pace: Pace): Contest[] {
  const connects = TRANSPORTS.map((transport) => ({
    id: `connecting/${transport}/connect`,
    title: `${transport}: connect`,
    contestants: CLIENTS.filter((client) => client !== 'u8mqtt' || transport === 'tcp').map((client) =>
      contestant(
        client,
        client,
        { transport, receiveMaximum: PACKET_IDS },
        { kind: 'connect', warmUp: SAMPLES, samples: SAMPLES },
      ),
    ),
  }));
  const resumes = IN_FLIGHT.map((inFlight) => ({
    id: `connecting/tcp/resume-${inFlight}`,
    title: `tcp: resume with ${inFlight} in flight`,
    contestants: CLIENTS.filter((client) => client !== 'u8mqtt').map((client) =>
      contestant(
        client,
        client,
        { transport: 'tcp', receiveMaximum: PACKET_IDS, cutAfterMessages: inFlight },
        { kind: 'resume', inFlight },
      ),
    ),
  }));
  return [...connects, ...resumes];
}

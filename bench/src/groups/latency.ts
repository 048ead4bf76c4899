import { CLIENTS } from '../clients/client.ts';
import type { Contest } from '../run/contest.ts';
import { TRANSPORTS } from '../wire/transport.ts';
import { contestant } from './contestant.ts';
import type { Pace } from './pace.ts';

const PAYLOAD_BYTES = 64;

/** Microseconds from a publish of QoS 0 to its echo, one at a time. u8-mqtt cannot publish QoS 0 in Node. */
export function latencyContests({ samples }: Pace): Contest[] {
  const measurement = { kind: 'echo', payloadBytes: PAYLOAD_BYTES, warmUp: samples >> 1, samples } as const;
  return TRANSPORTS.map((transport) => ({
    id: `latency/${transport}/round-trip`,
    title: `${transport}: round trip, QoS 0, ${PAYLOAD_BYTES} bytes`,
    contestants: CLIENTS.filter((client) => client !== 'u8mqtt').map((client) =>
      contestant(client, client, { transport, receiveMaximum: 1, echoes: true }, measurement),
    ),
  }));
}

import type { ClientName } from '../clients/client.ts';
import type { Contest } from '../run/contest.ts';
import { contestant } from './contestant.ts';
import type { Pace } from './pace.ts';

const PAYLOAD_BYTES = 64;
const IN_FLIGHT = 1_000;
/** Large messages are not kept in flight by the thousand. */
const IN_FLIGHT_BYTES_MAX = 8 * 1024 * 1024;

/** What grows, in the order of the figures: each contest is `growth/WHAT/VALUE`. */
export const GROWTH: Readonly<Record<string, { readonly title: string; readonly values: readonly number[] }>> = {
  'in-flight': { title: 'publishes of QoS 1 in flight', values: [1, 10, 100, 1_000, 10_000, 65_535] },
  payload: { title: 'payload bytes, publish QoS 1', values: [16, 256, 4_096, 65_536, 1_000_000] },
  subscriptions: { title: 'subscriptions, receive QoS 0', values: [1, 10, 100, 1_000, 10_000] },
  sessions: { title: 'sessions in one process, publish QoS 1', values: [1, 10, 100, 1_000] },
};

/** Time per message as the work around it grows. */
export function growthContests(pace: Pace): Contest[] {
  return Object.entries(GROWTH).flatMap(([what, { title, values }]) =>
    values.map((value) => ({
      id: `growth/${what}/${value}`,
      title: `${value} ${title}`,
      contestants: clientsFor(what).map((client) => grown(client, what, value, pace)),
    })),
  );
}

/** A bare socket knows nothing of subscriptions. */
function clientsFor(what: string): ClientName[] {
  return what === 'subscriptions' ? ['minimq', 'mqttjs'] : ['bare', 'minimq', 'mqttjs'];
}

function grown(client: ClientName, what: string, value: number, { duration }: Pace): Contest['contestants'][number] {
  const payloadBytes = what === 'payload' ? value : PAYLOAD_BYTES;
  const fit = Math.max(1, Math.floor(IN_FLIGHT_BYTES_MAX / payloadBytes));
  const inFlight = what === 'in-flight' ? value : Math.min(IN_FLIGHT, fit);
  if (what === 'subscriptions') {
    const flood = { qos: 0, payloadBytes, inFlight, afterSubscriptions: value } as const;
    const job = { qos: 0, payloadBytes, inFlight, style: 'recv', subscriptions: value } as const;
    const peer = { transport: 'tcp', receiveMaximum: inFlight, flood } as const;
    return contestant(client, client, peer, { kind: 'receive', job, duration });
  }
  const job = { qos: 1, payloadBytes, inFlight, style: 'publish' } as const;
  const sessions = what === 'sessions' ? value : 1;
  const peer = { transport: 'tcp', receiveMaximum: inFlight } as const;
  return contestant(client, client, peer, { kind: 'publish', job, sessions, duration });
}

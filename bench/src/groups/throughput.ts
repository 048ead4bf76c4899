import type { QoS } from '@minimq/core';
import {
  CLIENTS,
  PUBLISH_STYLES,
  RECEIVE_STYLES,
  type ClientName,
  type PublishStyle,
  type ReceiveStyle,
} from '../clients/client.ts';
import type { PeerSettings } from '../peer/settings.ts';
import type { Contest, Contestant } from '../run/contest.ts';
import { TRANSPORTS, type Transport } from '../wire/transport.ts';
import { contestant } from './contestant.ts';
import type { Pace } from './pace.ts';

/** The usual small message. */
const PAYLOAD_BYTES = 64;
const LARGE_PAYLOAD_BYTES = 1_000_000;
const IN_FLIGHT = 1_000;
/** Large messages are not kept in flight by the thousand. */
const LARGE_IN_FLIGHT = 8;

const QOS: readonly QoS[] = [0, 1, 2];

/** Messages a second and the CPU time of each, either way, at each QoS, over each transport. */
export function throughputContests(pace: Pace): Contest[] {
  return TRANSPORTS.flatMap((transport) => [
    ...QOS.flatMap((qos) => [
      publishContest(transport, qos, PAYLOAD_BYTES, IN_FLIGHT, pace),
      receiveContest(transport, qos, PAYLOAD_BYTES, IN_FLIGHT, pace),
    ]),
    publishContest(transport, 1, LARGE_PAYLOAD_BYTES, LARGE_IN_FLIGHT, pace),
    receiveContest(transport, 0, LARGE_PAYLOAD_BYTES, LARGE_IN_FLIGHT, pace),
  ]);
}

function publishContest(transport: Transport, qos: QoS, payloadBytes: number, inFlight: number, pace: Pace): Contest {
  const peer: PeerSettings = { transport, receiveMaximum: inFlight };
  const by = (client: ClientName, name: string, style: PublishStyle): Contestant =>
    contestant(name, client, peer, {
      kind: 'publish',
      job: { qos, payloadBytes, inFlight, style },
      sessions: 1,
      duration: pace.duration,
    });
  return {
    id: `throughput/${transport}/publish-qos${qos}-${payloadBytes}`,
    title: `${transport}: publish QoS ${qos}, ${payloadBytes} bytes, ${inFlight} in flight`,
    contestants: publishersFor(transport, qos).flatMap((client) =>
      client === 'minimq'
        ? PUBLISH_STYLES.map((style) => by(client, `minimq ${style}`, style))
        : [by(client, client, 'publish')],
    ),
  };
}

function receiveContest(transport: Transport, qos: QoS, payloadBytes: number, inFlight: number, pace: Pace): Contest {
  const peer: PeerSettings = { transport, receiveMaximum: inFlight, flood: { qos, payloadBytes, inFlight } };
  const by = (client: ClientName, name: string, style: ReceiveStyle): Contestant =>
    contestant(name, client, peer, {
      kind: 'receive',
      job: { qos, payloadBytes, inFlight, style },
      duration: pace.duration,
    });
  return {
    id: `throughput/${transport}/receive-qos${qos}-${payloadBytes}`,
    title: `${transport}: receive QoS ${qos}, ${payloadBytes} bytes, ${inFlight} in flight`,
    contestants: clientsFor(transport, qos).flatMap((client) =>
      client === 'minimq'
        ? RECEIVE_STYLES.map((style) => by(client, `minimq ${style}`, style))
        : [by(client, client, 'recv')],
    ),
  };
}

/** u8-mqtt knows no QoS 2, and is measured over TCP alone. */
function clientsFor(transport: Transport, qos: QoS): ClientName[] {
  return CLIENTS.filter((client) => client !== 'u8mqtt' || (transport === 'tcp' && qos < 2));
}

/** Its present release throws on a publish of QoS 0 in Node. */
function publishersFor(transport: Transport, qos: QoS): ClientName[] {
  return clientsFor(transport, qos).filter((client) => client !== 'u8mqtt' || qos > 0);
}

import { ioConformance, type IoPair } from '@minimq/testkit';
import { connectWebSocket, INBOUND_BYTES_MAX_DEFAULT } from '@minimq/transport-ws';
import type { ConformanceReport, ConformanceRequest } from './request.ts';
import { RemotePeer } from './remote-peer.ts';

/** More than the two sockets and the browser hold, and as little as that allows: each byte takes a long way. */
const IN_TRANSIT_MAX_BYTES = 16 * 1024 * 1024;
const VOLUME_BYTES = 24 * 1024 * 1024;
const LIMIT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 200;

/** Every case of the Io conformance suite, one after the other, over streams from here to the `PeerServer`. */
export async function conformance({ url, webSocket }: ConformanceRequest): Promise<ConformanceReport> {
  const preferWebSocketStream = webSocket === 'WebSocketStream';
  // A case takes turns when it has closed its peer as well.
  const clock = await RemotePeer.open(`${url}/peer/clock`);
  let openedCount = 0;
  const open = async (): Promise<IoPair> => {
    openedCount += 1;
    const peer = await RemotePeer.open(`${url}/peer/${openedCount}`);
    const options = { closeTimeoutMs: CLOSE_TIMEOUT_MS, preferWebSocketStream };
    return { io: await connectWebSocket(`${url}/stream/${openedCount}`, options), peer };
  };
  const cases = ioConformance({
    name: 'connectWebSocket',
    open,
    inboundCapBytes: webSocket === 'WebSocket' ? INBOUND_BYTES_MAX_DEFAULT : undefined,
    inTransitMaxBytes: IN_TRANSIT_MAX_BYTES,
    volumeBytes: VOLUME_BYTES,
    limitMs: LIMIT_MS,
    turn: () => clock.turn(),
  });
  const failures: string[] = [];
  for (const { run } of cases) {
    await run().catch((error: unknown) => failures.push(String(error)));
  }
  clock.hangUp();
  return { passedCount: cases.length - failures.length, failures };
}

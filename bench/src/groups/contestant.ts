import type { ClientName } from '../clients/client.ts';
import type { PeerSettings } from '../peer/settings.ts';
import { message, start } from '../run/child.ts';
import type { Contestant, Metrics } from '../run/contest.ts';
import type { Measurement, Task } from '../run/task.ts';
import { withPeer } from '../run/with-peer.ts';

/** Beyond this, a client is taken to hang. */
const TIMEOUT_MS = 120_000;

/** A client that measures against a peer, both in processes of their own. The metrics of a flow have the peer's cost. */
export function contestant(name: string, client: ClientName, peer: PeerSettings, measurement: Measurement): Contestant {
  return {
    name,
    async measure() {
      const { outcome, peer: report } = await withPeer(peer, async (port) => {
        const task: Task = { client, transport: peer.transport, port, measurement };
        return message<Metrics>(start('clients/main.js', task, ['--expose-gc']), TIMEOUT_MS);
      });
      if (outcome['messagesPerSecond'] === undefined) return outcome;
      return { ...outcome, peerCpuUsPerMessage: report.cpuUs / (report.messagesIn + report.messagesOut) };
    },
  };
}

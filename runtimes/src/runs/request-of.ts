import type { BrokerUnderWatch } from '../broker/broker-under-watch.ts';
import type { ScenarioRequest, Transport } from '../scenario/request.ts';
import type { Runtime } from './run.ts';

/** What a runtime is told; `ca`: the authority that it is to trust, as PEM. */
export function requestOf(
  { name, webSocket }: Runtime,
  transport: Transport,
  broker: BrokerUnderWatch,
  ca: string,
): ScenarioRequest {
  return {
    transport,
    url: broker.url(transport),
    ca,
    clientId: `${name}-${transport}`.replaceAll(/[^a-z0-9]+/g, '-'),
    preferWebSocketStream: webSocket === 'WebSocketStream',
  };
}

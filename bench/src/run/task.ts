import type { ClientName, PublishJob, ReceiveJob } from '../clients/client.ts';
import type { Duration } from '../measures/throughput.ts';
import type { Transport } from '../wire/transport.ts';

/** What a client's process is to measure. */
export type Measurement =
  | { readonly kind: 'publish'; readonly job: PublishJob; readonly sessions: number; readonly duration: Duration }
  | { readonly kind: 'receive'; readonly job: ReceiveJob; readonly duration: Duration }
  | { readonly kind: 'echo'; readonly payloadBytes: number; readonly warmUp: number; readonly samples: number }
  | { readonly kind: 'connect'; readonly warmUp: number; readonly samples: number }
  | { readonly kind: 'resume'; readonly inFlight: number }
  | { readonly kind: 'idle'; readonly sessions: number }
  | { readonly kind: 'stopped'; readonly floodMs: number };

export interface Task {
  readonly client: ClientName;
  readonly transport: Transport;
  readonly port: number;
  readonly measurement: Measurement;
}

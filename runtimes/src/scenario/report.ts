export const TRANSPORTS = ['tcp', 'tls', 'ws', 'wss'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What a program under test is told; it goes to it as JSON. */
export interface ScenarioRequest {
  readonly transport: Transport;
  readonly url: string;
  /** The authority that has signed the server's certificate, as PEM; for programs that can be told so. */
  readonly ca: string;
  readonly clientId: string;
  /** For the platform's WebSocket. */
  readonly preferWebSocketStream: boolean;
}

/** What it answers, as JSON. */
export type ScenarioAnswer = ScenarioSuccess | { readonly ok: false; readonly error: string };

interface ScenarioSuccess {
  readonly ok: true;
  readonly runtime: string;
  readonly version: string;
  /** The file of `@minimq/transport-ws` that the runtime's conditions choose. */
  readonly webSocketEntry: string;
  readonly report: ScenarioReport;
}

export interface ScenarioReport {
  /** How each connection began. */
  readonly events: readonly ('connected' | 'reconnected')[];
  /** At each loss of the connection: publishes not acknowledged, messages of the burst received. */
  readonly losses: readonly { readonly pendingCount: number; readonly receivedCount: number }[];
  /** QoS 1 messages that came more than once, as they may. */
  readonly repeatedCount: number;
  /** Whether the transport says that it cannot hold its peer back. */
  readonly inboundFlowControl: 'none' | 'yes';
}

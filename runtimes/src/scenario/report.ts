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

/** What a broker has done since it was made. */
export interface BrokerCounts {
  connectionsAccepted: number;
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** PUBLISH packets that were accepted and routed; a repeated QoS 2 PUBLISH is not. */
  messagesReceived: number;
  /** PUBLISH packets to clients, repeats after a resume included. */
  messagesSent: number;
  /** QoS 0 copies for a client that read too slowly. */
  messagesDroppedSlow: number;
  /** QoS 1 and 2 copies for a session whose queue was full. */
  messagesDroppedQueueFull: number;
  /** Copies over the client's Maximum Packet Size. */
  messagesDroppedTooLarge: number;
  /** Copies whose Message Expiry Interval was over when they were to leave. */
  messagesDroppedExpired: number;
}

export function newCounts(): BrokerCounts {
  return {
    connectionsAccepted: 0,
    packetsReceived: 0,
    packetsSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    messagesDroppedSlow: 0,
    messagesDroppedQueueFull: 0,
    messagesDroppedTooLarge: 0,
    messagesDroppedExpired: 0,
  };
}

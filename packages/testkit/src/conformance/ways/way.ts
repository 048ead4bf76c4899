import type { Clock, Io } from '@minimq/core';
import type { ServerWebSocket } from '../../node/web-socket-server.ts';
import type { ScriptedBroker } from '../../script/scripted-broker.ts';
import type { Pace } from '../bench/bench.ts';

/** How client and broker reach each other, anew for each case. */
export interface Way {
  /** `memory`, `tcp`: cases may name it, and reports do. */
  readonly name: string;
  /** How many cases are run at the same time, unless the run says otherwise. */
  readonly concurrency: number;
  /** `webSocket`: what a case wants of a server behind a WebSocket; other ways have no use for it. */
  open(settings?: { readonly webSocket?: WebSocketSettings | undefined }): Promise<OpenWay>;
}

export interface OpenWay {
  readonly broker: ScriptedBroker;
  readonly pace: Pace;
  /** Opens a connection to the broker; undefined where clients find it at its `url`. */
  readonly connect: (() => Io) | undefined;
  /** Another clock for a client. */
  clock(): Clock;
  /** Over WebSocket only. */
  readonly webSocket?: WebSocketSide | undefined;
}

export interface WebSocketSettings {
  /** The subprotocol that the server selects, right or wrong; null: none. Default: `mqtt`. */
  readonly subprotocol?: string | null | undefined;
  /** Bytes in a frame at most. Default: what the broker sends at once. */
  readonly frameBytesMax?: number | undefined;
}

/** What a server behind a WebSocket sees beside MQTT. */
export interface WebSocketSide {
  /** The subprotocols that each request offers: `['mqtt']`. */
  readonly offers: readonly (readonly string[])[];
  /** The connections, in the order of their opening. */
  readonly sockets: readonly ServerWebSocket[];
}

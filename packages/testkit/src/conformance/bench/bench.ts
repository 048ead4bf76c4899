import type { ScriptedBroker } from '../../script/scripted-broker.ts';
import type { ClientSetup, ConformanceClient } from '../client.ts';
import type { WebSocketSide } from '../ways/way.ts';
import type { Inbox } from './inbox.ts';

/** A client that a case drives, and the application behind it. */
export interface Driven {
  readonly client: ConformanceClient;
  readonly inbox: Inbox;
}

/** What a case works with. */
export interface Bench extends Driven {
  readonly broker: ScriptedBroker;
  /** Another client at the same broker. */
  another(setup: ClientSetup): Driven;
  readonly pace: Pace;
  /** The server's side of the WebSocket; over other ways undefined. */
  readonly webSocket: WebSocketSide | undefined;
}

/** How time passes on the way that a case is run over. */
export interface Pace {
  /** How many milliseconds later than it should a packet may come; 0 on virtual time. */
  readonly slackMs: number;
  /**
   * Resolves when `promise` has settled, or when it will not. `shortly`, the default: when everything has happened that
   * is due now, or in real time after a moment. `patiently`: after as long as a step of a script waits over sockets.
   */
  settle(promise: Promise<unknown>, how?: 'shortly' | 'patiently'): Promise<void>;
}

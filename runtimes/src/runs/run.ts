import type { ConformanceReport, ConformanceRequest } from '../conformance/request.ts';
import type { ScenarioReport, ScenarioRequest, Transport } from '../scenario/request.ts';
import type { WebSocketKind } from './through.ts';

/** What a runtime says of itself and of the scenario. */
export interface Ran {
  readonly version: string;
  /** The file of `@minimq/transport-ws` that its conditions choose. */
  readonly webSocketEntry: string;
  readonly report: ScenarioReport;
}

/** One runtime, and what can be asked of it. What it is asked rejects with what is missing, or what went wrong. */
export interface Runtime {
  readonly name: string;
  readonly webSocket: WebSocketKind;
  readonly transports: readonly Transport[];
  scenario(request: ScenarioRequest): Promise<Ran>;
  /** Where the Io conformance suite is to run in it. */
  readonly conformance?: (request: ConformanceRequest) => Promise<ConformanceReport>;
}

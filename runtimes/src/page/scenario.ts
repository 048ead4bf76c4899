import { connectWebSocket } from '@minimq/transport-ws';
import type { ScenarioReport } from '../scenario/request.ts';
import { runScenario } from '../scenario/scenario.ts';
import type { PageScenarioRequest } from './face.ts';

/** The scenario in a page or in a worker. */
export function scenario({ clientId, url }: PageScenarioRequest): Promise<ScenarioReport> {
  return runScenario(clientId, () => connectWebSocket(url));
}

import type { ConformanceReport, ConformanceRequest } from '../conformance/request.ts';
import type { ScenarioReport } from '../scenario/request.ts';

export interface PageScenarioRequest {
  readonly clientId: string;
  readonly url: string;
}

/** What the page can be asked to do from outside. */
interface PageFace {
  scenario(request: PageScenarioRequest): Promise<ScenarioReport>;
  scenarioInWorker(request: PageScenarioRequest): Promise<ScenarioReport>;
  conformance(request: ConformanceRequest): Promise<ConformanceReport>;
}

/** What a worker answers. */
export type WorkerAnswer = { readonly report: ScenarioReport } | { readonly error: string };

declare global {
  var runtimes: PageFace;
}

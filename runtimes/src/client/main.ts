// Runs the scenario in Node, bun or deno: takes a request as JSON, and prints its answer as JSON. It has to end by
// itself, as a program does that has left nothing open.
import process from 'node:process';
import type { ScenarioAnswer, ScenarioRequest } from '../scenario/request.ts';
import { runScenario } from '../scenario/scenario.ts';
import { entryOfWebSocket, open } from './open.ts';
import { runtime } from './runtime.ts';

const request = JSON.parse(process.argv[2] ?? '{}') as ScenarioRequest;

async function answer(): Promise<ScenarioAnswer> {
  try {
    const report = await runScenario(request.clientId, () => open(request));
    return { ok: true, ...runtime(), webSocketEntry: entryOfWebSocket(), report };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

console.log(JSON.stringify(await answer()));

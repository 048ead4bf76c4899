import type { Scenario } from '../clients/test-client.ts';
import { connectingScenarios } from './connecting.ts';
import { messageScenarios } from './messages.ts';
import { sessionScenarios } from './sessions.ts';

/** Scripts that every MQTT client has to pass. */
export const scenarios: readonly Scenario[] = [...connectingScenarios, ...messageScenarios, ...sessionScenarios];

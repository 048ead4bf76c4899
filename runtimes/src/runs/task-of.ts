import { testCertificates } from '@minimq/testkit/certificates';
import type { Transport } from '../tasks/target.ts';
import type { Task, TaskName } from '../tasks/task.ts';
import type { Runtime } from './run.ts';

export interface Place {
  readonly transport: Transport;
  readonly url: string;
  /** Of the `FlowServer`, for tasks that need one. */
  readonly controlUrl?: string;
}

/** What a runtime is told to do, and where. */
export function taskOf<Name extends TaskName>(
  name: Name,
  runtime: Runtime,
  { transport, url, controlUrl = '' }: Place,
): Task<Name> {
  return {
    name,
    target: {
      transport,
      url,
      ca: testCertificates().ca.cert,
      preferWebSocketStream: runtime.webSocket === 'WebSocketStream',
    },
    clientId: `${runtime.name}-${transport}`.replaceAll(/[^a-z0-9]+/g, '-'),
    controlUrl,
  };
}

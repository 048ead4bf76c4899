import type { ConformanceReport, ConformanceRequest } from '../conformance/request.ts';
import type { Platform } from '../faults/faults.ts';
import type { Transport } from '../tasks/target.ts';
import type { Reports, Task, TaskName } from '../tasks/task.ts';
import type { WebSocketKind } from './through.ts';

/** What a runtime says of itself, and of what it was asked. */
export interface Ran<Report = unknown> {
  readonly version: string;
  /** The file of `@minimq/transport-ws` that its conditions choose. */
  readonly webSocketEntry: string;
  readonly report: Report;
}

/** One runtime, and what can be asked of it. What it is asked rejects with what is missing, or what went wrong. */
export interface Runtime {
  readonly name: string;
  readonly platform: Platform;
  readonly webSocket: WebSocketKind;
  readonly transports: readonly Transport[];
  perform<Name extends TaskName>(task: Task<Name>): Promise<Ran<Reports[Name]>>;
  /** Where the tests of the transports are to run in it: the program. */
  readonly testCommand?: string;
  /** Where the Io conformance suite is to run in it. */
  readonly conformance?: (request: ConformanceRequest) => Promise<ConformanceReport>;
}

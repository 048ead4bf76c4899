import type { CloseReport } from '../flow/silence.ts';
import type { ConsumerReport } from '../flow/consumer.ts';
import type { PublisherReport } from '../flow/publisher.ts';
import type { RefusalReport } from '../faults/refusal.ts';
import type { ScenarioReport } from '../scenario/report.ts';
import type { Target } from './target.ts';

/** What a program under test can be asked to do, and what each of them reports. */
export interface Reports {
  readonly scenario: ScenarioReport;
  readonly publisher: PublisherReport;
  readonly consumer: ConsumerReport;
  readonly leave: CloseReport;
  readonly drop: CloseReport;
  readonly refusal: RefusalReport;
}

export type TaskName = keyof Reports;

/** One task; it goes to the program as JSON. */
export interface Task<Name extends TaskName = TaskName> {
  readonly name: Name;
  readonly target: Target;
  readonly clientId: string;
  /** Of the `FlowServer`. */
  readonly controlUrl: string;
}

/** What a program answers, as JSON. */
export type Answer = Success | { readonly ok: false; readonly error: string };

interface Success {
  readonly ok: true;
  readonly runtime: string;
  readonly version: string;
  /** The file of `@minimq/transport-ws` that the runtime's conditions choose. */
  readonly webSocketEntry: string;
  /** That of the task. */
  readonly report: unknown;
}

import type { Io } from '@minimq/core';
import { refusal } from '../faults/refusal.ts';
import { dropSilence, leaveSilence } from '../flow/silence.ts';
import { consume } from '../flow/consumer.ts';
import { publish } from '../flow/publisher.ts';
import { runScenario } from '../scenario/scenario.ts';
import type { Reports, Task, TaskName } from './task.ts';

type Performers = { readonly [Name in TaskName]: (task: Task, open: () => Promise<Io>) => Promise<Reports[Name]> };

const PERFORMERS: Performers = {
  scenario: ({ clientId }, open) => runScenario(clientId, open),
  publisher: publish,
  consumer: consume,
  leave: leaveSilence,
  drop: dropSilence,
  refusal: (_task, open) => refusal(open),
};

/** Does what it is asked to over streams that `open` opens. Rejects where that goes wrong. */
export function perform<Name extends TaskName>(task: Task<Name>, open: () => Promise<Io>): Promise<Reports[Name]> {
  return PERFORMERS[task.name](task, open);
}

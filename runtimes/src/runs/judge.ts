import type { BrokerUnderWatch } from '../broker/broker-under-watch.ts';
import type { Row } from '../report/row.ts';
import type { ScenarioReport } from '../scenario/report.ts';
import type { Transport } from '../tasks/target.ts';
import { rowOf } from './row-of.ts';
import type { Runtime } from './run.ts';
import { taskOf } from './task-of.ts';
import { columnsOf, throughOf, webSocketOf } from './through.ts';

/** Runs the scenario once, and judges it from both sides: what the program says, and what the broker has seen. */
export function judge(runtime: Runtime, transport: Transport, broker: BrokerUnderWatch): Promise<Row> {
  return rowOf(columnsOf(runtime, transport), async () => {
    const watch = broker.watch(transport);
    const ran = await runtime.perform(taskOf('scenario', runtime, { transport, url: broker.url(transport) }));
    const through = throughOf(transport, runtime.webSocket);
    const used = throughOf(transport, webSocketOf(ran));
    const problems = used === through ? [] : [`it went through ${used}, not through ${through}`];
    return {
      version: ran.version,
      through: through === runtime.webSocket ? `${through} (dist/${ran.webSocketEntry})` : through,
      result: resultOf(ran.report),
      problems: [...problems, ...watch.problems()],
    };
  });
}

function resultOf({ events, repeatedCount }: ScenarioReport): string {
  const resumedCount = events.filter((kind) => kind === 'reconnected').length;
  return `resumed ${resumedCount} times, ${repeatedCount} repeats of QoS 1`;
}

import type { Fault } from '../faults/faults.ts';
import type { FaultServers } from '../faults/fault-servers.ts';
import type { Row } from '../report/row.ts';
import { rowOf } from './row-of.ts';
import type { Runtime } from './run.ts';
import { taskOf } from './task-of.ts';
import { columnsOf } from './through.ts';

/** Has a runtime connect where it must not get far: with a code that says why, before it says a word of MQTT. */
export function judgeFault(runtime: Runtime, fault: Fault, servers: FaultServers): Promise<Row> {
  return rowOf(columnsOf(runtime, fault.transport), async () => {
    const { spokenCount } = servers;
    const { report } = await runtime.perform(taskOf('refusal', runtime, fault));
    const problems: string[] = [];
    const code = fault.codeOn?.[runtime.platform] ?? fault.code;
    if (report.code !== code) problems.push(`the code is ${report.code}, not ${code}: ${report.message}`);
    const { words } = fault;
    if (words?.on.includes(runtime.platform) === true && !report.message.includes(words.text)) {
      problems.push(`${words.text} is not in the message: ${report.message}`);
    }
    if (servers.spokenCount > spokenCount) problems.push('something was sent to a server that it should not trust');
    return { result: `no connection to a server ${fault.what}: ${code}`, problems };
  });
}

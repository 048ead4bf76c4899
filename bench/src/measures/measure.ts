import { openResume, openStopped } from '../clients/open-special.ts';
import { openClient } from '../clients/open.ts';
import type { Metrics } from '../run/contest.ts';
import type { Task } from '../run/task.ts';
import { measureConnect } from './connect.ts';
import { measureEcho } from './echo.ts';
import { measureIdle } from './idle.ts';
import { openMany } from './sessions.ts';
import { measureStopped } from './stopped.ts';
import { measureThroughput, type Throughput } from './throughput.ts';

/** Does what the task says, in this process. */
export async function measure({ client: name, transport, port, measurement }: Task): Promise<Metrics> {
  const target = { transport, port };
  switch (measurement.kind) {
    case 'publish': {
      const { job, sessions, duration } = measurement;
      const many = await openMany(name, target, sessions, job);
      return throughputMetrics(await measureThroughput(many.work, duration));
    }
    case 'receive': {
      const { job, duration } = measurement;
      const client = await openClient(name, target, job);
      return throughputMetrics(await measureThroughput(client.receiver(job), duration));
    }
    case 'echo':
      return measureEcho(await openClient(name, target, { ...measurement, inFlight: 1 }), measurement);
    case 'connect':
      return measureConnect(name, target, measurement);
    case 'resume':
      return { resumeMs: await (await openResume(name))(target, measurement.inFlight) };
    case 'idle':
      return measureIdle(name, target, measurement.sessions);
    case 'stopped':
      return measureStopped(await openStopped(name), target, measurement.floodMs);
  }
}

function throughputMetrics({ messages, elapsedMs, cpuUs }: Throughput): Metrics {
  return {
    messagesPerSecond: (messages / elapsedMs) * 1_000,
    cpuUsPerMessage: cpuUs / messages,
    usPerMessage: (elapsedMs * 1_000) / messages,
  };
}

import type { BenchClient, ClientName, PublishJob, Target, Work } from '../clients/client.ts';
import { openClient } from '../clients/open.ts';

/** So many connections are opened at the same time. */
const LANES = 50;

/** Opens one after the other in a few lanes, as fast as the peer takes them. */
export async function openEach<T>(count: number, open: () => Promise<T>): Promise<T[]> {
  const opened: T[] = [];
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left--;
      opened.push(await open());
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, count) }, lane));
  return opened;
}

export interface ManySessions {
  readonly clients: readonly BenchClient[];
  /** All of them publish their part of the messages at the same time. */
  readonly work: Work;
}

/** Many sessions of one client that share what is in flight. */
export async function openMany(
  name: ClientName,
  target: Target,
  sessions: number,
  job: PublishJob,
): Promise<ManySessions> {
  const each: PublishJob = { ...job, inFlight: Math.max(1, Math.floor(job.inFlight / sessions)) };
  const clients = await openEach(sessions, () => openClient(name, target, each));
  const works = clients.map((client) => client.publisher(each));
  return {
    clients,
    async work(count) {
      const part = Math.floor(count / sessions);
      const more = count - part * sessions;
      const counts = works.map((_, index) => part + (index < more ? 1 : 0));
      await Promise.all(works.filter((_, index) => counts[index]! > 0).map((work, index) => work(counts[index]!)));
    },
  };
}

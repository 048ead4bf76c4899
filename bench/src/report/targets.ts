import type { ContestResult, Metrics } from '../run/contest.ts';

/** A ratio, or a number, that the library is to reach. */
interface Target {
  readonly what: string;
  readonly contest: string;
  readonly metric: string;
  readonly ours: string;
  /** Beside whom; without it the number itself counts. */
  readonly beside?: string;
  /** What to divide: theirs by ours where less is better. */
  readonly direction: 'ours/theirs' | 'theirs/ours';
  readonly atLeast?: number;
  readonly atMost?: number;
  /** One to strive for: not reaching it is no failure. */
  readonly isGoal?: boolean;
}

export interface TargetResult extends Target {
  readonly value: number;
  readonly reached: boolean;
}

const MESSAGES = 'messagesPerSecond';

function throughput(
  what: string,
  row: string,
  ours: string,
  beside: string,
  atLeast: number,
  more: { readonly isGoal?: boolean; readonly transport?: string } = {},
): Target {
  const contest = `throughput/${more.transport ?? 'tcp'}/${row}`;
  const target = { what, contest, metric: MESSAGES, ours, beside, direction: 'ours/theirs', atLeast } as const;
  return more.isGoal ? { ...target, isGoal: true } : target;
}

/** What is to be reached beside MQTT.js, and half of the bare socket to strive for. */
function flow(what: string, row: string, ours: string, atLeast: number): Target[] {
  return [throughput(what, row, ours, 'mqttjs', atLeast), throughput(what, row, ours, 'bare', 0.5, { isGoal: true })];
}

function codec(what: string, row: string, metric: string, atLeast: number): Target {
  const sides = { ours: 'minimq', beside: 'mqtt-packet', direction: 'theirs/ours' } as const;
  return { what, contest: `codec/${row}`, metric, ...sides, atLeast };
}

function latency(what: string, metric: string, atMost: number): Target {
  const sides = { ours: 'minimq', beside: 'bare', direction: 'ours/theirs' } as const;
  return { what, contest: 'latency/tcp/round-trip', metric, ...sides, atMost };
}

function overTransport(transport: string): Target[] {
  return [
    throughput(`${transport}: publish QoS 1, 1 MB`, 'publish-qos1-1000000', 'minimq publish', 'bare', 0.8, {
      transport,
    }),
    throughput(`${transport}: receive QoS 0, 1 MB`, 'receive-qos0-1000000', 'minimq recv', 'bare', 0.8, { transport }),
  ];
}

export const TARGETS: readonly Target[] = [
  ...flow('publish QoS 0, tryPublish', 'publish-qos0-64', 'minimq tryPublish', 15),
  ...flow('publish QoS 0, publish', 'publish-qos0-64', 'minimq publish', 10),
  ...flow('publish QoS 1', 'publish-qos1-64', 'minimq publish', 12),
  ...flow('publish QoS 2', 'publish-qos2-64', 'minimq publish', 12),
  ...flow('receive QoS 0, recv', 'receive-qos0-64', 'minimq recv', 6),
  ...flow('receive QoS 1, recv', 'receive-qos1-64', 'minimq recv', 10),
  ...flow('receive QoS 2, recv', 'receive-qos2-64', 'minimq recv', 10),
  codec('encode PUBLISH', 'publish', 'encodeNs', 10),
  codec('decode PUBLISH', 'publish', 'decodeNs', 10),
  codec('encode PUBLISH, five properties', 'publish-props', 'encodeNs', 6),
  codec('decode PUBLISH, five properties', 'publish-props', 'decodeNs', 6),
  latency('round trip p50', 'p50Us', 1.05),
  latency('round trip p99', 'p99Us', 1.2),
  throughput('publish QoS 1, 1 MB', 'publish-qos1-1000000', 'minimq publish', 'bare', 0.9),
  throughput('receive QoS 0, 1 MB', 'receive-qos0-1000000', 'minimq recv', 'bare', 0.9),
  ...overTransport('tls'),
  ...overTransport('ws'),
  {
    what: 'resume with 65,535 in flight, ms',
    contest: 'connecting/tcp/resume-65535',
    metric: 'resumeMs',
    ours: 'minimq',
    direction: 'ours/theirs',
    atMost: 150,
  },
  {
    what: 'heap bytes per idle session beyond those of a bare socket',
    contest: 'memory/tcp/idle',
    metric: 'heapBytesPerSession',
    ours: 'minimq',
    beside: 'bare',
    direction: 'ours/theirs',
    atMost: 4_096,
  },
];

/** Judges the targets whose contests took place. */
export function judge(contests: readonly ContestResult[]): TargetResult[] {
  return TARGETS.flatMap((target) => {
    const contest = contests.find(({ id }) => id === target.contest);
    const ours = medianOf(contest, target.ours)?.[target.metric];
    const theirs = target.beside === undefined ? 1 : medianOf(contest, target.beside)?.[target.metric];
    if (ours === undefined || theirs === undefined) return [];
    const value = valueOf(target, ours, theirs);
    const reached =
      value >= (target.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (target.atMost ?? Number.POSITIVE_INFINITY);
    return [{ ...target, value, reached }];
  });
}

/** Of memory the difference counts, of everything else the ratio. */
function valueOf({ metric, direction }: Target, ours: number, theirs: number): number {
  if (metric === 'heapBytesPerSession') return ours - theirs;
  return direction === 'ours/theirs' ? ours / theirs : theirs / ours;
}

function medianOf(contest: ContestResult | undefined, name: string): Metrics | undefined {
  return contest?.results.find((result) => result.name === name)?.median;
}

/**
 * What a program does for a case, by the word that it gets. In all of them it prints each message that comes as a line:
 * topic, space, payload; and it goes on until the server closes, unless it says something else here.
 */
export const BEHAVIOURS = {
  connect: 'connect',
  publish: 'connect, and publish the payload to the topic at the QoS, retained where retain is 1; disconnect or stay',
  'publish-stay': 'the same, and stay connected',
  subscribe: 'connect, and subscribe to the topic at the QoS',
  unsubscribe: 'connect, and unsubscribe from the topic',
  disconnect: 'connect, and disconnect',
} as const;

export type Behaviour = keyof typeof BEHAVIOURS;

/** What a program has to be told for a case, and all that it is told. */
export interface ProgramTask {
  readonly behaviour: Behaviour;
  /** A topic or a topic filter; empty where the behaviour needs none. */
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Whether it is right to do nothing, because a client must not do such a thing. */
  readonly mayRefuse: boolean;
}

/** Bytes: what fits into a command line anywhere. */
const TEXT_BYTES_MAX = 16 * 1024;

/** The task as a sentence: `publish "x" to "a" at QoS 1`. */
export function describeTask({ behaviour, topic, payload, qos, retain }: ProgramTask): string {
  switch (behaviour) {
    case 'publish':
    case 'publish-stay':
      return `${behaviour} ${quoted(payload)} to ${quoted(topic)} at QoS ${qos}${retain ? ', retained' : ''}`;
    case 'subscribe':
      return `${behaviour} to ${quoted(topic)} at QoS ${qos}`;
    case 'unsubscribe':
      return `${behaviour} from ${quoted(topic)}`;
    default:
      return behaviour;
  }
}

/** Whether it can stand on a command line. */
export function isTellable({ topic, payload }: ProgramTask): boolean {
  return [topic, payload].every((text) => {
    const bytes = Buffer.from(text);
    return bytes.length <= TEXT_BYTES_MAX && !text.includes('\0') && bytes.toString() === text;
  });
}

function quoted(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 20)}... (${text.length} characters)` : text;
  return JSON.stringify(short);
}

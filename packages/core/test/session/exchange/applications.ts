import { DisconnectedError, type Session } from '@minimq/core';

/** How an application receives until its connection is gone. */
export interface Application {
  readonly name: string;
  readonly manualAck: boolean;
  receive(session: Session, texts: string[], acks: boolean[]): Promise<void>;
}

export const APPLICATIONS: readonly Application[] = [
  {
    name: 'recv()',
    manualAck: false,
    receive: (session, texts) => untilGone(async () => void texts.push((await session.recv()).text())),
  },
  {
    name: 'poll()',
    manualAck: false,
    receive: (session, texts) =>
      untilGone(async () => texts.push(...((await session.poll())?.text().split(',') ?? []))),
  },
  {
    name: 'messages()',
    manualAck: false,
    async receive(session, texts) {
      for await (const message of session.messages()) texts.push(message.text());
    },
  },
  {
    name: 'recv() with manualAck',
    manualAck: true,
    receive: (session, texts, acks) =>
      untilGone(async () => {
        const message = await session.recv();
        texts.push(message.text());
        acks.push(message.ack());
      }),
  },
];

/** Goes on until there is no connection. */
async function untilGone(step: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) await step();
  } catch (error) {
    if (!(error instanceof DisconnectedError)) throw error;
  }
}

// Request and response: a question with a response topic and correlation data, and the answer that belongs to it. The
// script plays the service on the other side, and answers in the wrong order.
import { Buffers, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime, want } from '@minimq/testkit';
import { expect, it } from 'vitest';

/** The code under test: asks, and finds the answer by its correlation data. */
class Questions {
  readonly #session: Session;
  readonly #waiting = new Map<string, (answer: string) => void>();

  constructor(session: Session) {
    this.#session = session;
  }

  async listen(): Promise<void> {
    for await (const message of this.#session.messages()) {
      const id = new TextDecoder().decode(message.properties.correlationData);
      this.#waiting.get(id)?.(message.text());
      this.#waiting.delete(id);
    }
  }

  async ask(question: string): Promise<string> {
    const id = question;
    const answer = new Promise<string>((resolve) => this.#waiting.set(id, resolve));
    const properties = { responseTopic: 'answers/me', correlationData: new TextEncoder().encode(id) };
    await this.#session.publish({ topic: 'square', payload: question, properties });
    return answer;
  }
}

it('gives every question its own answer', async () => {
  const time = new VirtualTime();
  const link = memoryLink({ clock: time.clock('link') });
  const broker = await scriptedBroker({ over: link, time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'me' });
  const connecting = session.connect(link.client);
  await broker.expect.connect();
  await broker.send.connack();
  await connecting;

  const questions = new Questions(session);
  const listening = questions.listen();
  const answers = Promise.all([questions.ask('2'), questions.ask('3')]);
  const [two, three] = await broker.expect.unordered([
    want.publish({ topic: 'square', payload: '2', responseTopic: 'answers/me' }),
    want.publish({ topic: 'square', payload: '3', responseTopic: 'answers/me' }),
  ]);
  for (const { payload, properties } of [three, two]) {
    const square = String(Number(new TextDecoder().decode(payload)) ** 2);
    const { responseTopic, correlationData } = properties!;
    await broker.send.publish({ topic: responseTopic!, payload: square, correlationData });
  }
  expect(await answers).toEqual(['4', '9']);

  void broker.expect.disconnect();
  await session.disconnect();
  await listening;
  await broker.close();
});

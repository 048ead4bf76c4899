import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ORDERS } from '../flow/control.ts';
import type { Transport } from '../tasks/target.ts';
import { FlowListeners } from './flow-listeners.ts';
import { FlowRun, type FlowRole } from './flow-run.ts';

/** A server that does not read, or that sends without a pause, over any transport, and is told the rest over HTTP. */
export class FlowServer {
  readonly #control = createServer((request, response) => void this.#obey(request.url ?? '', response));
  readonly #listeners = new FlowListeners((served) => void this.#run.serve(served));
  #run = new FlowRun('deaf peer');

  static async start(): Promise<FlowServer> {
    const self = new FlowServer();
    await self.#listeners.listen();
    self.#control.listen(0, '127.0.0.1');
    await once(self.#control, 'listening');
    return self;
  }

  private constructor() {}

  /** Where a program finds it, and what it commands it by. */
  place(transport: Transport): { readonly transport: Transport; readonly url: string; readonly controlUrl: string } {
    return {
      transport,
      url: this.#listeners.url(transport),
      controlUrl: `http://127.0.0.1:${(this.#control.address() as AddressInfo).port}`,
    };
  }

  /** What the next connection meets. There is one at a time. */
  begin(role: FlowRole): FlowRun {
    this.#listeners.cutAll();
    this.#run = new FlowRun(role);
    return this.#run;
  }

  async close(): Promise<void> {
    await this.#listeners.close();
    this.#control.closeAllConnections();
    this.#control.close();
    await once(this.#control, 'close');
  }

  async #obey(path: string, response: ServerResponse): Promise<void> {
    const run = this.#run;
    const order = ORDERS.find((each) => path === `/${each}`);
    if (order === 'read') run.readOn();
    if (order === 'over') await run.isOver;
    if (order === 'gone') await run.untilGone();
    if (order === 'cut') this.#listeners.cutAll();
    // A page is of another origin.
    response.writeHead(order === undefined ? 404 : 200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
    });
    response.end(JSON.stringify(run.progress));
  }
}

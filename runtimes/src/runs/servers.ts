import { BrokerUnderWatch } from '../broker/broker-under-watch.ts';
import { FaultServers } from '../faults/fault-servers.ts';
import { faultsOf, type Fault } from '../faults/faults.ts';
import { FlowServer } from '../flow-server/flow-server.ts';

/** All that the runtimes connect to, but for the peers of the Io conformance suite. */
export class Servers {
  readonly broker: BrokerUnderWatch;
  readonly flow: FlowServer;
  readonly faulty: FaultServers;
  readonly faults: readonly Fault[];

  static async start(): Promise<Servers> {
    const faulty = new FaultServers();
    return new Servers(await BrokerUnderWatch.start(), await FlowServer.start(), faulty, await faultsOf(faulty));
  }

  private constructor(broker: BrokerUnderWatch, flow: FlowServer, faulty: FaultServers, faults: readonly Fault[]) {
    this.broker = broker;
    this.flow = flow;
    this.faulty = faulty;
    this.faults = faults;
  }

  async close(): Promise<void> {
    await this.broker.close();
    await this.flow.close();
    await this.faulty.close();
  }
}

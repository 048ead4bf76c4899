// The process that answers. Its argument is a `PeerSettings` as JSON. It sends its port to the parent, and its
// `PeerReport` when it is sent anything.
import { cpuUs } from '../measures/cpu.ts';
import { Connection } from './connection.ts';
import { listen } from './listen.ts';
import type { PeerReport, PeerSettings } from './settings.ts';

const settings = JSON.parse(process.argv[2]!) as PeerSettings;
const connections: Connection[] = [];
let cpuAtStartUs = 0;

const { port } = await listen(settings.transport, (wire) => {
  if (connections.length === 0) cpuAtStartUs = cpuUs();
  connections.push(new Connection(settings, wire, connections.length === 0));
});

process.on('disconnect', () => process.exit());
process.on('message', () => {
  const report: PeerReport = {
    messagesIn: connections.reduce((sum, { messagesIn }) => sum + messagesIn, 0),
    messagesOut: connections.reduce((sum, { messagesOut }) => sum + messagesOut, 0),
    cpuUs: cpuUs() - cpuAtStartUs,
  };
  process.send!(report, () => process.exit());
});
process.send!(port);

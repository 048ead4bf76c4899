// A live page: what a session in a browser receives, what became of what it sends, and what a cut does to both.
import { Chart } from './chart.ts';
import { Connection } from './connection.ts';
import { ConnectionCard } from './connection-card.ts';
import { element } from './elements.ts';
import { LedgerTable } from './ledger-table.ts';
import { MessageList } from './message-list.ts';
import { PublishForm } from './publish-form.ts';
import { RateWindow } from './rate-window.ts';

/** Seconds on the chart. */
const SECONDS = 60;
/** How often the page is drawn, however many messages come. */
const DRAW_MS = 250;

const rates = new RateWindow(SECONDS);
const ledgers = new LedgerTable();
const messages = new MessageList();
const chart = new Chart();
const card = new ConnectionCard();

const brokerUrl = element('broker', HTMLMetaElement).content;
const connection = new Connection(brokerUrl, {
  onPhase(phase) {
    if (phase === 'lost' || phase === 'off') rates.markOffline(performance.now());
    card.showPhase(phase);
  },
  onMessage(message) {
    rates.add(performance.now());
    ledgers.add(message);
    messages.add(message);
  },
  onNews: (text) => card.tell(text),
});
card.listen(connection);
new PublishForm(connection);

const pause = element('pause', HTMLButtonElement);
pause.addEventListener('click', () => {
  const isPaused = pause.getAttribute('aria-pressed') === 'true';
  pause.setAttribute('aria-pressed', `${!isPaused}`);
});

function draw(): void {
  if (connection.phase !== 'connected') rates.markOffline(performance.now());
  if (pause.getAttribute('aria-pressed') === 'true') return;
  chart.draw(rates.past(performance.now()));
  ledgers.draw();
  messages.draw();
  card.draw(connection);
}

element('messages-shown', HTMLSelectElement).addEventListener('change', () => messages.draw());
setInterval(draw, DRAW_MS);
draw();
addEventListener('pagehide', () => connection.leave());
void connection.connect();

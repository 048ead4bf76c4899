import type { Connection, Phase } from './connection.ts';
import { element, setText, withText } from './elements.ts';
import { timeOfDay } from './time-of-day.ts';

const NEWS_MAX = 30;

const LABELS: Readonly<Record<Phase, string>> = {
  off: 'Disconnected',
  connecting: 'Connecting',
  connected: 'Connected',
  lost: 'Connection lost',
};

/** What there is to say about the connection, and the buttons that begin and end it. */
export class ConnectionCard {
  readonly #toggle = element('toggle', HTMLButtonElement);
  readonly #news = element('news', HTMLOListElement);

  listen(connection: Connection): void {
    this.#toggle.addEventListener('click', () => {
      if (connection.phase === 'off') void connection.connect();
      else void connection.disconnect();
    });
    element('cut', HTMLButtonElement).addEventListener('click', () => void this.#askForCut());
  }

  showPhase(phase: Phase): void {
    const state = element('state', HTMLElement);
    state.dataset['phase'] = phase;
    setText('state', LABELS[phase]);
    this.#toggle.textContent = phase === 'off' ? 'Connect' : 'Disconnect';
  }

  tell(text: string): void {
    const entry = document.createElement('li');
    const time = withText('time', timeOfDay());
    entry.append(time, withText('span', text));
    this.#news.prepend(entry);
    while (this.#news.children.length > NEWS_MAX) this.#news.lastElementChild!.remove();
  }

  draw({ clientId, connectedCount, resumedCount, lastGapMs }: Connection): void {
    setText('client-id', clientId);
    setText('connected-count', `${connectedCount}`);
    setText('resumed-count', `${resumedCount}`);
    setText('last-gap', lastGapMs === undefined ? 'none yet' : `${(lastGapMs / 1_000).toFixed(1)} s`);
  }

  async #askForCut(): Promise<void> {
    try {
      const { ok, status } = await fetch('/cut', { method: 'POST' });
      if (!ok) this.tell(`The server would not cut the line: HTTP status ${status}`);
    } catch {
      this.tell('The server of this page does not answer.');
    }
  }
}

// The time line: one line for each thing that happened, newest first.
import { el, freshId } from './dom.js';
import { eventWords, movementWords, timeWords } from './words.js';
import { showCheck } from './check.js';
import { showRight } from './right.js';
import { showReaders } from './readers.js';

const LINES_AT_MOST = 200;

export class Timeline {
  constructor(list, side) {
    this.list = list;
    this.side = side;
    this.open = new Map();
    side.timeline = this;
  }

  /** Takes an event of the node's stream. */
  take({ id, event, data }) {
    const said = JSON.parse(data);
    const line = { ...said, words: event === 'event' ? eventWords(said.name, said.content) : movementWords(said.posting) };
    this.open.get(`waiting ${line.origin}`)?.remove();
    // What moved by a call is in the words of what it told.
    const call = `moved ${line.origin} ${line.call}`;
    if (event === 'event') this.open.get(call)?.remove();
    const item = this.item(line, id);
    if (event !== 'event') this.open.set(call, item);
    this.add(item);
  }

  /** A line of one's own that is on its way. */
  waiting(id, words) {
    const status = el('span', { class: 'status waiting' }, 'waiting');
    const item = el('li', {}, el('p', { class: 'words' }, `${words} · `, status));
    this.open.set(`waiting ${id}`, item);
    this.add(item);
  }

  /** What became of it: refused with a sentence, or final. */
  decided(id, sentence) {
    const status = this.open.get(`waiting ${id}`)?.querySelector('.status');
    if (!status) return;
    status.className = sentence ? 'status refused' : 'status final';
    status.textContent = sentence ? `refused: ${sentence}` : 'final';
  }

  add(item) {
    this.list.prepend(item);
    while (this.list.children.length > LINES_AT_MOST) this.list.lastElementChild.remove();
    while (this.open.size > LINES_AT_MOST) this.open.delete(this.open.keys().next().value);
  }

  item(line, id) {
    const words = freshId('words');
    const panel = el('div', { class: 'panel', hidden: true, id: freshId('panel') });
    return el('li', { 'data-id': id, 'data-name': line.name ?? 'posting' },
      el('time', { datetime: line.time }, timeWords(line.time)),
      el('p', { class: 'words', id: words }, `${line.words} · `, el('span', { class: 'status final' }, 'final')),
      this.withWhom(line),
      el('div', { class: 'actions' },
        this.action('Check it yourself', showCheck, panel, line, words),
        this.action('Put it right', showRight, panel, line, words),
        this.action('Who can see this', showReaders, panel, line, words)),
      panel);
  }

  /** With whom the agreement is, as soon as it is known. */
  withWhom(line) {
    if (!line.agreement) return null;
    const place = el('p', { class: 'with' });
    this.side.partnersOf(line.agreement).then(names => place.textContent = names);
    return place;
  }

  action(label, show, panel, line, words) {
    const button = el('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': panel.id, 'aria-describedby': words }, label);
    button.addEventListener('click', async () => {
      const opens = button.getAttribute('aria-expanded') === 'false';
      for (const each of button.parentElement.children) each.setAttribute('aria-expanded', String(opens && each === button));
      panel.hidden = !opens;
      if (opens) await show(panel, line, this.side);
    });
    return button;
  }
}

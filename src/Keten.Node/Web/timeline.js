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
    this.moved = new Map();
    this.told = new Set();
    side.timeline = this;
  }

  /** Takes an event of the node's stream. */
  stream({ event, data }) {
    const said = JSON.parse(data);
    if (event === 'event') this.take({ ...said, kind: 'event' });
    else if (said.posting.account.party === this.side.party) this.take({ ...said, kind: 'movement', change: said.posting.change });
  }

  /** Takes a line: an event, a movement in one's own account, or something of one's own that was refused. */
  take(said) {
    const line = { ...said, origin: said.origin ?? said.transaction };
    line.words = this.wordsOf(line);
    this.open.get(`waiting ${line.origin}`)?.remove();
    // What moved by a transaction is in the words of what it told.
    if (line.kind === 'movement' && this.told.has(line.origin)) return;
    if (line.kind === 'event') this.tells(line.origin);
    const item = this.item(line);
    if (line.kind === 'movement') this.moved.set(line.origin, [...this.moved.get(line.origin) ?? [], item]);
    this.add(item);
  }

  tells(origin) {
    this.told.add(origin);
    this.moved.get(origin)?.forEach(item => item.remove());
    this.moved.delete(origin);
  }

  wordsOf(line) {
    if (line.kind === 'event') return eventWords(line.name, line.content);
    return line.kind === 'movement' ? movementWords(line.change) : 'what you sent';
  }

  sentenceOf(code) {
    for (const contract of this.side.catalogue.contracts)
      for (const refusal of contract.refusals) if (refusal.refusal === code) return refusal.sentence;
    return `number ${code}`;
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
    for (const memory of [this.open, this.moved, this.told]) while (memory.size > LINES_AT_MOST) memory.delete(memory.keys().next().value);
  }

  item(line) {
    const status = line.kind === 'refused'
      ? el('span', { class: 'status refused' }, `refused: ${this.sentenceOf(line.refusal)}`)
      : el('span', { class: 'status final' }, 'final');
    const words = freshId('words');
    const panel = el('div', { class: 'panel', hidden: true, id: freshId('panel') });
    return el('li', { 'data-name': line.name ?? line.kind, 'data-origin': line.origin },
      el('time', { datetime: line.time }, timeWords(line.time)),
      el('p', { class: 'words', id: words }, `${line.words} · `, status),
      this.withWhom(line),
      el('div', { class: 'actions' },
        this.action('Check it yourself', showCheck, panel, line, words),
        this.action('Put it right', showRight, panel, line, words),
        this.action('Who can see this', showReaders, panel, line, words)),
      panel);
  }

  /** With whom: of a movement, who paid or was paid; of an event, who else is party to the agreement, as soon as that is known. */
  withWhom(line) {
    const place = el('p', { class: 'with' });
    if (line.kind === 'movement') place.textContent = this.othersOf(line);
    else if (line.agreement) this.side.partnersOf(line.agreement).then(names => place.textContent = names);
    return place;
  }

  othersOf({ from, to }) {
    const names = (from ?? to ?? []).map(other => other.party ? this.side.names.get(other.party)?.name : `agreement ${other.agreement}`).filter(Boolean);
    return names.length > 0 ? `${from ? 'from' : 'to'} ${names.join(', ')}` : '';
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

// «Who can see this»: the readers of the agreement, by name, and who sees it besides.
import { el } from './dom.js';
import { Refused } from './api.js';

/** Fills a panel with who can see a line. */
export async function showReaders(panel, line, side) {
  panel.replaceChildren(el('p', {}, 'Asking the node …'));
  try {
    panel.replaceChildren(...await readersOf(line, side));
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    panel.replaceChildren(el('p', {}, fault.message));
  }
}

async function readersOf(line, side) {
  const validators = side.genesis.validators.map(one => one.name).join(', ');
  const besides = [
    el('li', {}, `Validators see what they execute: ${validators}.`),
    el('li', {}, 'Whoever is handed the receipt can check it.'),
  ];
  if (line.kind === 'movement' || !line.agreement) return [el('p', {}, 'The owner of each account, here you and whom you paid or were paid by. Beside you:'), el('ul', {}, ...besides)];
  const { readers } = await side.api.json(`/v1/agreements/${line.agreement}`);
  if (readers === 'everyone') return [el('p', {}, 'Everyone: this agreement is public by its nature.')];
  return [
    el('p', {}, `Agreement ${line.agreement} names its readers. The node shows this line to:`),
    el('ul', { class: 'readers' }, ...readers.map(party => el('li', {}, nameOf(party, side)))),
    el('p', {}, 'And to nobody else who asks. Beside them:'), el('ul', {}, ...besides),
  ];
}

function nameOf(party, side) {
  const known = side.names.get(party);
  const name = known ? `${known.name}, ${known.words}` : `party ${party.slice(0, 12)}…`;
  return party === side.party ? `${name} (you)` : name;
}

// «Check it yourself»: the receipt is fetched, and verified here, in the browser. The node's word counts for nothing in it.
import { el } from './dom.js';
import { Refused } from './api.js';
import { checkReceipt } from './receipt.js';
import { saysLine } from './records.js';
import { isPinned } from './genesis.js';

/** Fills a panel with the check of a line. */
export async function showCheck(panel, line, side) {
  panel.replaceChildren(el('p', {}, 'Fetching the receipt …'));
  let receipt;
  try {
    receipt = await side.api.bytes(`/v1/transactions/${line.origin}/receipt${line.call > 15 ? `?from=${line.call}` : ''}`, 'application/cose');
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    const words = fault.status === 404 ? 'Nobody sent this: it fell due by itself, and receipts are for what somebody sent.' : fault.message;
    panel.replaceChildren(el('p', {}, words));
    return;
  }
  const result = el('div', { role: 'status' });
  const flip = el('button', { type: 'button', onclick: () => verify(flipped(receipt)) }, 'Flip one bit');
  const again = el('button', { type: 'button', onclick: () => verify({ bytes: receipt, words: null }) }, 'Check it again');
  const save = el('button', { type: 'button', onclick: () => download(receipt, line.origin) }, 'Keep the receipt');
  panel.replaceChildren(
    el('p', {}, 'Verified here, in your browser, against the first record of the ledger. Flip one bit of the receipt, and see it fail.'),
    result, el('div', { class: 'actions' }, flip, again, save));
  await verify({ bytes: receipt, words: null });

  async function verify({ bytes, words }) {
    const verdict = await checkReceipt(bytes, { ...side.genesis, isKnown: isPinned(side.genesis.ledger) }, outcomes => says(outcomes, line, side));
    result.replaceChildren(...verdictOf(verdict, words));
  }
}

function says(outcomes, line, side) {
  saysLine(line, outcomes, side);
  return `Signed for: ${line.words}.`;
}

function verdictOf(verdict, words) {
  const failed = verdict.steps.find(step => step.ok === false);
  const sum = verdict.ok
    ? el('p', { class: 'verdict good' }, 'All of it holds.')
    : el('p', { class: 'verdict bad' }, `It does not hold. What failed: «${failed.words}».`);
  return [words && el('p', {}, words), el('ol', { class: 'steps' }, ...verdict.steps.map(stepOf)), sum].filter(Boolean);
}

const marks = new Map([[true, ['✓', 'good', 'holds: ']], [false, ['✗', 'bad', 'fails: ']], [null, ['·', '', 'not reached: ']]]);

function stepOf(step) {
  const [mark, look, spoken] = marks.get(step.ok);
  return el('li', { 'data-step': step.name, 'data-ok': String(step.ok) },
    el('span', { class: `mark ${look}`, role: 'img', 'aria-label': spoken }, mark), el('span', {}, step.words, step.detail ? el('small', {}, step.detail) : null));
}

function flipped(receipt) {
  const bytes = receipt.slice();
  const bit = crypto.getRandomValues(new Uint32Array(1))[0] % (bytes.length * 8);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  return { bytes, words: `Bit ${bit + 1} of ${bytes.length * 8} has been turned over in a copy of the receipt.` };
}

function download(receipt, origin) {
  const address = URL.createObjectURL(new Blob([receipt], { type: 'application/cose' }));
  const link = el('a', { href: address, download: `${origin.slice(0, 16)}.cose` });
  link.click();
  URL.revokeObjectURL(address);
}

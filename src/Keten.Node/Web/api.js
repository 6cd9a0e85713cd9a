// The node over HTTP. Every request is signed by the chosen side (HTTP Message Signatures, RFC 9421), since a node tells each party only what is for it.
import { base64, hex, sha256, utf8 } from './bytes.js';
import { sign } from './cose.js';

/** What a node answered instead of what was asked for (RFC 9457). */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.title ?? `The node answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }
}

export class Api {
  constructor(signer) {
    this.signer = signer;
  }

  async json(path) {
    return (await this.send('GET', path)).json();
  }

  async bytes(path, accept) {
    return new Uint8Array(await (await this.send('GET', path, { Accept: accept })).arrayBuffer());
  }

  async post(path, body, type, headers = {}) {
    return (await this.send('POST', path, { 'Content-Type': type, ...headers }, body)).json();
  }

  async send(method, path, headers = {}, body, abort) {
    const signed = this.signer ? await this.signature(method, path, body) : {};
    const answer = await fetch(path, { method, headers: { ...headers, ...signed }, body, signal: abort, cache: 'no-store', credentials: 'omit' });
    if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
    return answer;
  }

  /** The fields that sign a request. */
  async signature(method, path, body) {
    const address = new URL(path, location.href);
    const digest = body ? `sha-256=:${base64(await sha256(body))}:` : null;
    const parts = [['@method', method], ['@authority', address.host], ['@path', address.pathname], ['@query', address.search || '?']];
    if (digest) parts.push(['content-digest', digest]);
    const created = Math.floor(Date.now() / 1000);
    const parameters = `(${parts.map(([name]) => `"${name}"`).join(' ')});created=${created};keyid="${hex(this.signer.id)}";alg="ecdsa-p256-sha256"`;
    const base = parts.map(([name, value]) => `"${name}": ${value}\n`).join('') + `"@signature-params": ${parameters}`;
    const signature = base64(await sign(this.signer.key, utf8(base)));
    return { 'Signature-Input': `sig=${parameters}`, Signature: `sig=:${signature}:`, ...digest ? { 'Content-Digest': digest } : {} };
  }

  /**
   * Events and movements as they become final, from a place on; taken up again where they were left for as long as it is wanted.
   * Each is { id, event, data }. (EventSource cannot sign: the stream is read by hand.)
   */
  async *events(after, abort, onState) {
    let last = after;
    while (!abort.aborted) {
      try {
        const answer = await this.send('GET', '/v1/events', { Accept: 'text/event-stream', ...last ? { 'Last-Event-ID': last } : {} }, undefined, abort);
        onState('live');
        for await (const event of readEvents(answer.body)) {
          last = event.id || last;
          yield event;
        }
      } catch (fault) {
        if (abort.aborted) return;
        if (fault instanceof Refused && fault.status === 410) last = null;
        else if (fault instanceof Refused && fault.status < 500 && fault.status !== 429) throw fault;
      }
      if (abort.aborted) return;
      onState('lost');
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }
}

const BUFFER_AT_MOST = 4 << 20;

/** The events of a body in the form of Server-Sent Events. */
export async function* readEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop();
    if (buffer.length > BUFFER_AT_MOST) throw new Error('An event is too long.');
    for (const block of blocks) {
      const event = { id: '', event: 'message', data: '' };
      for (const line of block.split('\n')) {
        const match = /^(id|event|data): ?(.*)$/.exec(line);
        if (match) event[match[1]] = match[2];
      }
      if (event.data) yield event;
    }
  }
}

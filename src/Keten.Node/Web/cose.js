// ES256 as COSE signs with it (RFC 9052, RFC 9053): what is signed, and keys by their ids.
import { encode } from './cbor.js';
import { join, sha256 } from './bytes.js';

const ES256 = { name: 'ECDSA', hash: 'SHA-256' };
const P256 = { name: 'ECDSA', namedCurve: 'P-256' };

/** What the signature of a COSE_Sign1 is over (RFC 9052 §4.4), with no external data. */
export const sign1Structure = (protectedBytes, payload) => encode(['Signature1', protectedBytes, new Uint8Array(), payload]);

/** The protected header of who signs: {1: -7, 4: key id}. */
export const signerHeader = keyId => encode(new Map([[1, -7], [4, keyId]]));

/** The first 20 bytes of the COSE Key thumbprint (RFC 9679) of x ‖ y. */
export async function keyIdOf(publicKey) {
  const key = new Map([[1, 2], [-1, 1], [-2, publicKey.slice(0, 32)], [-3, publicKey.slice(32)]]);
  return (await sha256(encode(key))).slice(0, 20);
}

/** Whether 64 bytes r ‖ s are this key's signature of a message; a key that is no point of the curve signs nothing. */
export async function verify(publicKey, message, signature) {
  if (signature.length !== 64) return false;
  try {
    const key = await crypto.subtle.importKey('raw', join(Uint8Array.of(4), publicKey), P256, false, ['verify']);
    return await crypto.subtle.verify(ES256, key, signature, message);
  } catch {
    return false;
  }
}

/** 64 bytes r ‖ s. */
export const sign = async (privateKey, message) => new Uint8Array(await crypto.subtle.sign(ES256, privateKey, message));

/** A private key from its PKCS #8 form, which the browser then keeps to itself, and its key id. */
export async function importSigner(pkcs8, publicKey) {
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, P256, false, ['sign']);
  return { key, id: await keyIdOf(publicKey) };
}

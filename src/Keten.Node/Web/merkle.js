// The hashing of RFC 9162 §2.1 with SHA-256, and the check of its inclusion proofs.
import { join, sha256 } from './bytes.js';

/** SHA-256(0x00 ‖ bytes). */
export const leafHash = bytes => sha256(join(Uint8Array.of(0), bytes));

const nodeHash = (left, right) => sha256(join(Uint8Array.of(1), left, right));

/** The root to which a path leads from the leaf at an index in a tree of so many leaves (§2.1.3.2); null where index, size and length of the path do not fit. */
export async function rootOf(index, size, leaf, path) {
  let first = BigInt(index);
  let last = BigInt(size) - 1n;
  if (first > last || path.some(hash => hash.length !== 32)) return null;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0n) return null;
    if (isRight(first) || first === last) {
      hash = await nodeHash(sibling, hash);
      // A last node without a right neighbour is its own parent, as often as that is so: those levels have no sibling in the path.
      for (; !isRight(first) && first !== 0n; first >>= 1n) last >>= 1n;
    } else {
      hash = await nodeHash(hash, sibling);
    }
    first >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? hash : null;
}

const isRight = index => (index & 1n) === 1n;

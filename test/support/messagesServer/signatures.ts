import { createHmac } from 'node:crypto';
import type { ApiBlock } from './body.ts';
import type { Link } from './chain.ts';

/**
 * Thinking as the newest models sign it: the signature vouches for the model, for every byte of the prompt before the block, and for the text. The
 * texts of the refusals are those of the API.
 */
const secret = 'known to this server alone';

/** Signature of a thinking text, or data of a redacted block, at the place in the prompt that has the digest `before`. */
export function sign(model: string, before: string, text: string): string {
  return createHmac('sha256', secret).update(`${model}\n${before}\n${text}`).digest('base64');
}

/** What the API says to the first signed block that does not verify; undefined if all do. */
export function signatureFault(model: string, links: readonly Link[]): string | undefined {
  for (const link of links) {
    const wanted = signedPart(link.block);
    if (wanted === undefined || wanted.signature === sign(model, link.before, wanted.text)) continue;
    return `${link.path}: Invalid \`signature\` in \`${link.block.type}\` block. The block is bound to a different conversation. Remove the block, or set `
      + '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block".';
  }
  return undefined;
}

function signedPart(block: ApiBlock): { readonly text: string; readonly signature: string | undefined } | undefined {
  if (block.type === 'thinking') return { text: block.thinking ?? '', signature: block.signature };
  return block.type === 'redacted_thinking' ? { text: 'redacted', signature: block.data } : undefined;
}

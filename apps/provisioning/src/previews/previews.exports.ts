/** What other features of this service may use of this one. */
export { PreviewMissing } from './previews.errors.js';
export { Previews } from './previews.store.js';
export { ReleasePreview } from './release-preview.command.js';
export { MakePreview } from './make-preview.process.js';
export { previewTermsOf } from './preview-terms.js';
export { WithdrawAuthorityDto } from './preview.dto.js';
export { entitlementsIn } from './purpose.input.js';
export { WithdrawAuthority } from './withdraw-authority.command.js';

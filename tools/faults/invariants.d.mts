export function jobFlaws(job: object, device: object): string[]
export function deviceFlaws(parts: { readonly witness: object; readonly sessionLimit: number }): string[]
export function holdFlaws(
  jobs: readonly object[],
  releases: readonly { readonly device: string; readonly at: number }[],
): string[]
